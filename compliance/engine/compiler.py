"""Turn a ruleset into fast Python functions, one per slice: action, resource, kind of subject and homes.

What a slice fixes is folded away, so a decision evaluates only conditions that can still matter. The function gathers
rule numbers as bits; equal bits are the same verdict, made once. What generated code cannot say exactly (a failure, an
absent fact used bare) it leaves to the evaluator, which stays the definition.

Reference: DESIGN section 8; docs/decisions/0004.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.combiner import combine
from compliance.engine.decision import Outcome, Verdict
from compliance.engine.evaluator import covers
from compliance.engine.facts import ACTION_NAME, PRODUCT, RESOURCE_TYPE, SUBJECT_TYPE
from compliance.engine.generator import MAY, MUST, Generator, Names, Unsettled, can_fail
from compliance.engine.operations import Failure
from compliance.engine.plain import NotPlain, PlainWriter
from compliance.engine.specializer import FALSE, TRUE, conjoined, negated, specialize
from compliance.language.rulebook import Effect
from compliance.vocabulary.unknown import UNKNOWN, disjunction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance.engine.facts import Facts
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.language.rulebook import Rule

MOST_SLICES: Final = 20_000
"""Compiled slices kept; the oldest goes first."""

_TRIPPED: Final = "(TypeError, ArithmeticError, Failure)"
"""What plain code raises when it touches an unknown fact, or fails."""

Group = tuple[str, str, "str | None", str]
"""Action, kind of subject, product, type of resource."""


class Compiler:
    """The compiled form of one ruleset; slices are compiled on first use."""

    def __init__(self, ruleset: Ruleset, most_slices: int = MOST_SLICES) -> None:
        """Take a ruleset; nothing is compiled yet."""
        self.ruleset = ruleset
        self._most = most_slices
        self._slices: dict[tuple[object, ...], Callable[[Facts], Verdict]] = {}
        self._groups: dict[Group, _Conditions | None] = {}

    def verdict(self, request: Request) -> Verdict:
        """Return what `combine` returns, faster."""
        function = self._slices.get(request.slice)
        try:
            return (function or self._compiled(request))(request.facts)
        except (Unsettled, Failure, TypeError, ArithmeticError, ValueError, AttributeError):
            # Invariant: whatever generated code trips over, the definition answers.
            return combine(self.ruleset, request)

    def _compiled(self, request: Request) -> Callable[[Facts], Verdict]:
        """Compile the request's slice and keep it."""
        if request.refused is not None:
            return _left_to_the_evaluator
        group = (request.action, request.kind, request.product, request.resource_type)
        if group not in self._groups:
            self._groups[group] = _conditions(self.ruleset, group)
        conditions = self._groups[group]
        made: Callable[[Facts], Verdict] = _left_to_the_evaluator
        if conditions is not None:
            made = _Slice(self.ruleset, conditions, request.homes).function()
        self._slices[request.slice] = made
        while len(self._slices) > self._most:
            self._slices.pop(next(iter(self._slices)), None)
        return made


def _left_to_the_evaluator(_: Facts) -> Verdict:
    """Stand in for a slice that generated code cannot answer exactly."""
    raise Unsettled


class _Conditions:
    """The folded conditions of a group's rules, written as Python; shared by all its homes."""

    def __init__(self, ruleset: Ruleset, group: Group) -> None:
        action, kind, product, resource_type = group
        self.kind = kind
        self.names = Names()
        self.generator = Generator(ruleset, kind, self.names)
        known = {SUBJECT_TYPE: kind, ACTION_NAME: action, RESOURCE_TYPE: resource_type}
        if product is not None:
            known[PRODUCT] = product
        self.rules: list[tuple[Rule, Expression, str, str]] = []
        self.plain: dict[str, str | None] = {}
        """Rule -> its condition for known facts, `None` where only the two bounds can say it."""
        writer = PlainWriter(ruleset, self.names)
        self.fallible: set[str] = set()
        """Ids of rules whose value, where it is unknown, may come with an error that only the evaluator words."""
        for rule in ruleset.applicable(action, kind, product, resource_type):
            condition = _folded(rule, ruleset, kind, known)
            if condition is not FALSE or rule.effect is Effect.PERMIT:
                may, must = self.generator.bound(condition, MAY), self.generator.bound(condition, MUST)
                self.rules.append((rule, condition, may, must))
                self.plain[rule.id] = _plain(writer, condition)
                if can_fail(condition):
                    self.fallible.add(rule.id)


def _folded(rule: Rule, ruleset: Ruleset, kind: str, known: Mapping[str, Any]) -> Expression:
    """Return a rule's condition without its homes; for a require: that it is asked and not met."""
    when = TRUE if rule.when is None else specialize(rule.when, ruleset, kind, known)
    if rule.effect is not Effect.REQUIRE or when == FALSE:
        return when
    needs = TRUE if rule.needs is None else specialize(rule.needs, ruleset, kind, known)
    return conjoined([when, negated(needs)])


def _plain(writer: PlainWriter, condition: Expression) -> str | None:
    try:
        return writer.condition(condition)
    except NotPlain:
        return None


def _conditions(ruleset: Ruleset, group: Group) -> _Conditions | None:
    try:
        return _Conditions(ruleset, group)
    except (Failure, Unsettled):
        return None


class _Slice:
    """One group at given homes."""

    def __init__(self, ruleset: Ruleset, conditions: _Conditions, homes: tuple[object, ...]) -> None:
        self.ruleset = ruleset
        self.conditions = conditions
        self.homes = homes
        self.has_homes = bool(ruleset.vocabulary.kinds[conditions.kind].homes)
        self.kept: dict[Effect, list[tuple[Rule, str, str]]] = {effect: [] for effect in Effect}
        for rule, condition, may, must in conditions.rules:
            scope = True if rule.home is None else disjunction(covers(ruleset, rule.home, home) for home in homes)
            if scope is not False and condition != FALSE:
                self.kept[rule.effect].append((rule, may, must if scope is True else "False"))

    def function(self) -> Callable[[Facts], Verdict]:
        """Return the slice's function from facts to verdict: plain code, and the two bounds where a fact is unknown."""
        masks = "t = u = p = q = n = r = s = x = y = o = z = 0"
        exact = _with_locals("def exact(f):", [masks, *self._steps(plain=False)])
        plain = [masks, "try:", *(f"    {line}" for line in self._steps(plain=True))]
        decide = _with_locals("def decide(f):", [*plain, f"except {_TRIPPED}: return exact(f)"])
        # The program is made here, from checked conditions only: nothing a client sends is ever in it.
        held = self.conditions.names.held | self._endings() | {"Unsettled": Unsettled, "Failure": Failure}
        exec(compile(exact + decide, "<compiled rules>", "exec"), held)  # noqa: S102
        function: Callable[[Facts], Verdict] = held["decide"]
        return function

    def _steps(self, *, plain: bool) -> list[str]:
        """Return the five steps of DESIGN section 5 as lines."""
        return [
            *self._gathering(Effect.FORBID, "t", "u", plain=plain),
            "if t: return denied(t)",
            *self._gathering(Effect.PERMIT, "p", "q", plain=plain),
            *self._permission(),
            *self._gathering(Effect.REQUIRE, "r", "s", plain=plain),
            "if u or n or open_ or r or s: return blocked(u, n, r, s)",
            *self._gathering(Effect.REFER, "x", "y", plain=plain),
            "if x or y: return referred(x, y)",
            *self._gathering(Effect.OBLIGE, "o", "z", plain=plain),
            "return allowed(p, o | z)",
        ]

    def _gathering(self, effect: Effect, true: str, unknown: str, *, plain: bool) -> list[str]:
        """Return the lines that set a bit in `true` or `unknown` for each rule that may hold."""
        lines: list[str] = []
        for number, (rule, may, must) in enumerate(self.kept[effect]):
            bit = 1 << number
            open_ = "raise Unsettled" if rule.id in self.conditions.fallible else f"{unknown} |= {bit}"
            direct = self.conditions.plain[rule.id] if plain and must != "False" else None
            if may == "False":
                continue
            if direct is not None and must != "True":
                lines.append(f"if {direct}: {true} |= {bit}")
            elif must == "True":
                lines.append(f"{true} |= {bit}")
            elif must == "False":
                lines.append(open_ if may == "True" else f"if {may}: {open_}")
            elif may == must:
                lines.append(f"if {may}: {true} |= {bit}")
            else:
                lines.append(f"if {may}:")
                lines.append(f"    if {must}: {true} |= {bit}")
                lines.append(f"    else: {open_}")
        return lines

    def _permission(self) -> list[str]:
        """Return the lines that set `open_` (permission unknown) and `n` (permits that leave it so), or that deny.

        In `p` and `q` a permit's bit says that its condition is true or unknown; the masks below say where it holds.
        """
        permits = list(enumerate(rule for rule, _, _ in self.kept[Effect.PERMIT]))
        if not self.has_homes:
            places: list[object] = [None]
        elif not self.homes:
            return ["return denied(0)"]
        else:
            places = list(self.homes)
        lines = ["open_ = False"]
        for home in places:
            sure = possible = 0
            for number, rule in permits:
                scope = (rule.home is None) if home is None else covers(self.ruleset, rule.home, home)
                sure |= (1 << number) if scope is True else 0
                possible |= (1 << number) if scope is UNKNOWN else 0
            waiting = [f"n |= ((p | q) & {possible}) | (q & {sure})", "open_ = True"]
            if home is UNKNOWN:
                lines += waiting
                continue
            lines.append(f"if not p & {sure}:")
            lines.append(f"    if not (p | q) & {sure | possible}: return denied(0)")
            lines += ["    " + line for line in waiting]
        return lines

    def _endings(self) -> dict[str, Any]:
        """Return the functions that make a verdict from bits, each remembering those it made."""
        rules = {effect: [rule for rule, _, _ in kept] for effect, kept in self.kept.items()}

        def denied(true: int) -> Verdict:
            return Verdict(Outcome.DENY, _picked(rules[Effect.FORBID], true))

        def blocked(forbids: int, permits: int, unmet: int, open_requires: int) -> Verdict:
            waiting = _picked(rules[Effect.REQUIRE], open_requires)
            unsettled = _picked(rules[Effect.FORBID], forbids) + _picked(rules[Effect.PERMIT], permits) + waiting
            failing = _picked(rules[Effect.REQUIRE], unmet)
            return Verdict(
                Outcome.INCOMPLETE,
                _by_id(unsettled + failing),
                unsettled=_by_id(unsettled),
                requirements=_by_id(failing + waiting),
            )

        def referred(true: int, unknown: int) -> Verdict:
            open_ = _picked(rules[Effect.REFER], unknown)
            return Verdict(Outcome.REFER, _picked(rules[Effect.REFER], true | unknown), unsettled=open_)

        def allowed(permits: int, obliges: int) -> Verdict:
            grounds = _picked(rules[Effect.PERMIT], permits)
            return Verdict(Outcome.ALLOW, grounds, obligations=_picked(rules[Effect.OBLIGE], obliges))

        endings = (denied, blocked, referred, allowed)
        return {ending.__name__: _remembering(ending) for ending in endings}


def _remembering(make: Callable[..., Verdict]) -> Callable[..., Verdict]:
    """Return `make` with its results kept by bits: the verdicts of one slice are few."""
    made: dict[tuple[int, ...], Verdict] = {}

    def remembered(*bits: int) -> Verdict:
        verdict = made.get(bits)
        if verdict is None:
            verdict = make(*bits)
            if len(made) < MOST_SLICES:
                made[bits] = verdict
        return verdict

    return remembered


def _picked(rules: list[Rule], bits: int) -> tuple[Rule, ...]:
    return tuple(rule for number, rule in enumerate(rules) if bits >> number & 1)


def _by_id(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.id))


_FACT: Final = re.compile(r"\bF_(\w+)")


def _with_locals(head: str, lines: list[str]) -> str:
    """Return the function's text: facts read twice or more become locals, the others are read where they are used."""
    body = "\n    ".join(lines)
    counts: dict[str, int] = {}
    for name in _FACT.findall(body):
        counts[name] = counts.get(name, 0) + 1
    hoisted = [f"F_{name} = f.{name}" for name, count in counts.items() if count > 1]
    body = _FACT.sub(lambda found: f"F_{found[1]}" if counts[found[1]] > 1 else f"f.{found[1]}", body)
    return "\n    ".join([head, *hoisted, body]) + "\n"
