"""Turn the cases of a rulebook into rows of a table: who asks, which facts matter, and what is to come of it.

A written case with several homes is one row. The facts shown are those that the rules it names read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from compliance.engine.ruleset import Ruleset, Timeline
from compliance.engine.shown import shown
from compliance.language.expression import FactRef
from compliance.vocabulary import moments, territory
from compliance.vocabulary.facts import Zone
from compliance.vocabulary.types import SetType, TerritoryType, TimestampType
from compliance.vocabulary.values import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from compliance.language.rulebook import Case, Rulebook
    from compliance.pages.statements import Statement, Statements
    from compliance.vocabulary.types import FactType


@dataclass(frozen=True, slots=True)
class GivenFact:
    """One fact of a case, in words."""

    path: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Example:
    """One written case."""

    sentence: str
    as_of: datetime
    kind: str
    action: str
    resource: str
    homes: tuple[str, ...]
    """Codes, as the case gives them."""
    facts: tuple[GivenFact, ...]
    outcome: str
    statements: tuple[Statement, ...]
    """Those that the case names."""
    missing: tuple[str, ...]
    source: str
    """File and line."""


class Examples:
    """All written cases, by what they are about."""

    def __init__(self, rulebook: Rulebook, timeline: Timeline, statements: Statements) -> None:
        """Take a rulebook and its statements."""
        self._rulebook = rulebook
        self._timeline = timeline
        self._read: dict[tuple[int, str], frozenset[str]] = {}
        grouped: dict[tuple[str, int], list[Case]] = defaultdict(list)
        for case in rulebook.cases:
            grouped[case.span.path, case.span.line].append(case)
        self.all = tuple(self._example(cases, statements) for cases in grouped.values())
        self._by_statement: dict[str, list[Example]] = defaultdict(list)
        self._by_place: dict[str, list[Example]] = defaultdict(list)
        for example in self.all:
            for statement in example.statements:
                self._by_statement[statement.id].append(example)
            for code in dict.fromkeys(territory.country_of(home) for home in example.homes):
                self._by_place[code].append(example)

    def of_statement(self, id_: str) -> tuple[Example, ...]:
        """Return the cases that name a statement."""
        return tuple(self._by_statement[id_])

    def of_place(self, code: str) -> tuple[Example, ...]:
        """Return the cases of subjects at home in a territory or in a region of it."""
        return tuple(self._by_place[code])

    def _example(self, cases: list[Case], statements: Statements) -> Example:
        case = cases[0]
        named = (*(case.grounds or ()), *(case.requirements or ()), *(case.obligations or ()))
        found = tuple({one.id: one for name in named for one in statements.named(name)}.values())
        subject, action, resource = (_part(case.request, zone) for zone in ("subject", "action", "resource"))
        homes = tuple(dict.fromkeys(home for each in cases for home in self._homes(each)))
        ruleset = self._timeline.at(case.as_of)
        wanted = frozenset[str]().union(*(self._facts_of(ruleset, one) for one in found))
        return Example(
            sentence=case.sentence,
            as_of=case.as_of,
            kind=str(subject.get("type", "")),
            action=str(action.get("name", "")),
            resource=str(resource.get("id", resource.get("type", ""))),
            homes=homes,
            facts=tuple(self._given(case, wanted)),
            outcome=case.outcome,
            statements=found,
            missing=case.missing or (),
            source=f"{case.span.path}:{case.span.line}",
        )

    def _homes(self, case: Case) -> Iterator[str]:
        subject = _part(case.request, "subject")
        kind = self._rulebook.vocabulary.kinds.get(str(subject.get("type")))
        for path in kind.homes if kind is not None else ():
            value = _bare(subject.get("properties", {}).get(path.split(".", 1)[1]))
            yield from (str(code) for code in (value if isinstance(value, list) else [value]) if code is not None)

    def _facts_of(self, ruleset: Ruleset, statement: Statement) -> frozenset[str]:
        key = (id(ruleset), statement.id)
        if key not in self._read:
            rules = [rule for rule in ruleset.rules if rule.id == statement.id or _is_of(rule.id, statement)]
            nodes = (node for rule in rules for node in ruleset.conditions(rule))
            self._read[key] = frozenset(node.path for node in nodes if isinstance(node, FactRef))
        return self._read[key]

    def _given(self, case: Case, wanted: frozenset[str]) -> Iterator[GivenFact]:
        kind = self._rulebook.vocabulary.kinds.get(str(_part(case.request, "subject").get("type")))
        homes = kind.homes if kind is not None else ()
        for path, fact in self._rulebook.vocabulary.facts.items():
            part = _part(case.request, fact.zone.value)
            facts = part if fact.zone is Zone.CONTEXT else part.get("properties", {})
            if path in wanted and path not in homes and fact.name in facts:
                yield GivenFact(path, fact.name.replace("_", " "), in_words(facts[fact.name], fact.type))


def in_words(value: object, type_: FactType | None = None) -> str:
    """Return a fact's value, as JSON carries it, in words: territories by name, truth values as yes and no."""
    value = _bare(value)
    match value:
        case bool():
            return "yes" if value else "no"
        case None:
            return "none"
        case list():
            element = type_.element if isinstance(type_, SetType) else None
            return ", ".join(in_words(one, element) for one in value) or "none"
        case {"amount": amount, "currency": currency}:
            return shown(Money(Decimal(str(amount)), str(currency)))
        case dict():
            return ", ".join(f"{str(name).replace('_', ' ')}: {in_words(one)}" for name, one in value.items())
        case str() if isinstance(type_, TerritoryType):
            return territory.name(value)
        case str() if isinstance(type_, TimestampType) and (moment := moments.instant(value)) is not None:
            return shown(moment)
        case _:
            return str(value)


def _is_of(rule: str, statement: Statement) -> bool:
    return statement.is_position and rule.startswith(f"{statement.id}/")


def _bare(value: object) -> Any:
    """Return a value without who attested it and until when it holds."""
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _part(request: Mapping[str, object], zone: str) -> dict[str, Any]:
    part = request.get(zone)
    return part if isinstance(part, dict) else {}
