"""The comparison's own description of rules and requests, tied to no engine.

Conditions are a small tree over flat facts. Every adapter translates this tree into the form of its engine,
so that all engines answer the same question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal, TypeAlias

Value: TypeAlias = bool | int | str | frozenset[str]
Answer: TypeAlias = tuple[str, list[str]]
"""An outcome and the identifiers of the rules that determined it."""

ACTIONS: dict[str, tuple[str, ...]] = {
    "entry": ("onboard", "buy", "pledge"),
    "move": ("transfer",),
    "exit": ("sell", "redeem"),
}
ALL_ACTIONS: tuple[str, ...] = tuple(name for names in ACTIONS.values() for name in names)


class Effect(Enum):
    """What a rule does to a request that it applies to."""

    FORBID = "forbid"
    PERMIT = "permit"
    REQUIRE = "require"
    REFER = "refer"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a request says: where it belongs, its type, and its domain where that is an enumeration."""

    name: str
    group: Literal["subject", "action", "resource", "context"]
    kind: Literal["bool", "int", "territory", "territories", "choice", "choices"]
    choices: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The name with its group, as rule files write it."""
        return f"{self.group}.{self.name}"


@dataclass(frozen=True, slots=True)
class IsTrue:
    """A bool fact holds."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Compare:
    """A fact compared with one constant; `<` and `>` on ints only."""

    fact: Fact
    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    value: int | str


@dataclass(frozen=True, slots=True)
class OneOf:
    """A scalar fact is one of the constants."""

    fact: Fact
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Has:
    """A set fact contains the constant."""

    fact: Fact
    value: str


@dataclass(frozen=True, slots=True)
class Overlaps:
    """A set fact contains at least one of the constants."""

    fact: Fact
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every term holds; two terms or more."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one term holds; two terms or more."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not hold."""

    term: Condition


Atom: TypeAlias = IsTrue | Compare | OneOf | Has | Overlaps
Condition: TypeAlias = Atom | All | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `jurisdiction` limits it to subjects whose home that is; `needs` is for `require` only."""

    identifier: str
    effect: Effect
    actions: tuple[str, ...]
    jurisdiction: str | None = None
    when: Condition | None = None
    needs: Condition | None = None

    @property
    def fires(self) -> Condition | None:
        """The condition under which the rule counts, inside its scope; `None` is always.

        A permit, forbid or refer counts when it holds, a require when it is violated.
        """
        if self.needs is None:
            return self.when
        violated = Not(self.needs)
        return violated if self.when is None else All((self.when, violated))


@dataclass(frozen=True, slots=True)
class Request:
    """One question. Facts that nobody gave are not in `facts`; `home` is the territory of residence, if known."""

    action: str
    facts: Mapping[str, Value]
    complete: bool

    @property
    def home(self) -> str | None:
        """The subject's only home."""
        return self.facts.get("residence")  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules of one comparison, in a fixed order, with the jurisdictions that have rules."""

    rules: tuple[Rule, ...]
    jurisdictions: tuple[str, ...]

    def slices(self) -> dict[tuple[str, str], tuple[Rule, ...]]:
        """The rules that can matter, by action and home; the home `""` stands for all those without rules."""
        found: dict[tuple[str, str], list[Rule]] = {
            (action, home): [] for action in ALL_ACTIONS for home in (*self.jurisdictions, "")
        }
        for rule in self.rules:
            homes = (*self.jurisdictions, "") if rule.jurisdiction is None else (rule.jurisdiction,)
            for action in rule.actions:
                for home in homes:
                    found[action, home].append(rule)
        return {key: tuple(rules) for key, rules in found.items()}


def plain(answer: Answer) -> Answer:
    """Give an answer back as it is."""
    return answer


@dataclass(frozen=True, slots=True)
class Engine:
    """One loaded engine: `prepare` makes the plain values a caller would hold, `decide` is what is measured."""

    prepare: Callable[[Request], Any]
    decide: Callable[[Any], Any]
    partial: Callable[[Any], Any] | None = None
    """Decides a request in which facts are missing, with the meaning of unknown; only where an engine can."""
    read: Callable[[Any], Answer] = plain
    """Reads what `decide` and `partial` give, outside the measured time."""


def atoms_of(condition: Condition | None) -> tuple[Atom, ...]:
    """All comparisons in a condition, from left to right."""
    match condition:
        case None:
            return ()
        case All(terms) | AnyOf(terms):
            return tuple(atom for term in terms for atom in atoms_of(term))
        case Not(term):
            return atoms_of(term)
        case _:
            return (condition,)
