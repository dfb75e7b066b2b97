"""Write the function of one slice: what the rules of a group come to for subjects at given homes.

The function gathers rule numbers as bits; equal bits are the same verdict, made once. Plain code runs first; the code
with two bounds is compiled when an unknown fact first asks for it.

Reference: DESIGN sections 5 and 8; docs/decisions/0004 and 0006.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.endings import answers, endings
from compliance.engine.facts import ACTION_NAME, PRODUCT, RESOURCE_TYPE, SUBJECT_TYPE
from compliance.engine.generator import MAY, MUST, Generator, Names, Unsettled, failing
from compliance.engine.loops import Loop
from compliance.engine.operations import Failure
from compliance.engine.plain import NotPlain, PlainWriter
from compliance.engine.program import FOUND, run, with_locals
from compliance.engine.specializer import FALSE, TRUE, conjoined, negated, specialize
from compliance.engine.steps import RETURN, Place, Steps, Written
from compliance.language.rulebook import Effect
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance.engine.decision import Verdict
    from compliance.engine.endings import Kept
    from compliance.engine.facts import Facts
    from compliance.engine.reach import Reach
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.language.rulebook import Rule

Group = tuple[str, str, "str | None", str]
"""Action, kind of subject, product, type of resource."""

_TRIPPED: Final = "(TypeError, ArithmeticError, Failure)"
"""What plain code raises when it touches an unknown fact, or fails."""


class Conditions:
    """The folded conditions of a group's rules, written as Python; shared by all its homes."""

    def __init__(self, ruleset: Ruleset, group: Group, reach: Reach) -> None:
        """Take the group; its rules are folded and written as slices ask for them."""
        action, kind, product, resource_type = group
        self.has_homes = bool(ruleset.vocabulary.kinds[kind].homes)
        self.reach = reach
        self.names = Names()
        self.functions: dict[object, Callable[[Facts], Verdict]] = {}
        """Slices with the same rules, in the same way, share a function."""
        self.loops: dict[object, Loop] = {}
        """And the function over rows."""
        self.endings: dict[object, dict[str, Kept[Verdict]]] = {}
        """And their verdicts."""
        # Invariant: what is of no product is never compared with one. Nobody has to guard `resource.product`.
        self._known = {SUBJECT_TYPE: kind, ACTION_NAME: action, RESOURCE_TYPE: resource_type, PRODUCT: product}
        self._ruleset = ruleset
        self._kind = kind
        self._rules = ruleset.applicable(action, kind, product, resource_type)
        self._written: dict[int, Written | None] = {}
        self._generator, self._writer = Generator(ruleset, kind, self.names), PlainWriter(ruleset, self.names)
        self.by_scope: dict[int, list[int]] = {}
        """Number of a scope -> places of rules, in order of their ids."""
        for place, rule in enumerate(self._rules):
            self.by_scope.setdefault(reach.number(rule.home), []).append(place)

    def written(self, place: int) -> Written | None:
        """Return the rule at a place, written when it is first asked for; `None` for one that never holds.

        Raises:
            Failure, Unsettled: where only the evaluator can say what its condition means.
        """
        if place not in self._written:
            rule = self._rules[place]
            condition = _folded(rule, self._ruleset, self._kind, self._known)
            made = None
            if condition != FALSE:
                may, must = self._generator.bound(condition, MAY), self._generator.bound(condition, MUST)
                made = Written(rule, may, must, _plain(self._writer, condition), failing(condition))
            self._written[place] = made
        return self._written[place]

    def write(self) -> None:
        """Write every rule that can be; those of homes that nobody has asked for, too."""
        for place in range(len(self._rules)):
            with suppress(Failure, Unsettled):
                self.written(place)


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


class Slice:
    """One group at given homes."""

    def __init__(self, conditions: Conditions, homes: tuple[object, ...]) -> None:
        """Take the group's conditions and what is known of the homes: codes, `UNKNOWN` for one not given.

        Raises:
            Failure, Unsettled: where only the evaluator can say what a condition means.
        """
        self.conditions = conditions
        self.homes = homes
        scopes = conditions.reach.of(homes)
        found = sorted(
            (place, scopes[number] is True)
            for number, places in conditions.by_scope.items()
            if scopes[number] is not False
            for place in places
        )
        self.kept: dict[Effect, list[tuple[Written, str]]] = {effect: [] for effect in Effect}
        for place, sure in found:
            written = conditions.written(place)
            if written is None:
                continue
            self.kept[written.rule.effect].append((written, written.must if sure else "False"))
        self.places = self._places()
        self.likeness = (tuple(found), self.places)
        """Slices of a group with the same likeness are decided the same way."""

    def function(self) -> Callable[[Facts], Verdict]:
        """Return the slice's function from facts to verdict: plain code, and the two bounds where a fact is unknown."""
        found = self.conditions.functions.get(self.likeness)
        if found is None:
            found = self.conditions.functions[self.likeness] = self._made()
        return found

    def loop(self) -> Loop:
        """Return the slice's function from columns to answers."""
        found = self.conditions.loops.get(self.likeness)
        if found is None:
            found = self.conditions.loops[self.likeness] = Loop(
                lambda plain: self.steps(plain=plain, answer=FOUND), lambda: self.held(answered=True)
            )
        return found

    def steps(self, *, plain: bool, answer: str = RETURN) -> list[str]:
        """Return the lines from the facts `F_...` to a verdict: plain, or with two bounds."""
        return Steps(self.kept, self.places, plain=plain, answer=answer).lines()

    def held(self, *, answered: bool = False) -> dict[str, Any]:
        """Return a new mapping of the names that the lines refer to, with verdicts or the answers that they are."""
        ends = self.conditions.endings.get(self.likeness)
        if ends is None:
            rules = {effect: [written.rule for written, _ in kept] for effect, kept in self.kept.items()}
            ends = self.conditions.endings[self.likeness] = endings(rules)
        told: Mapping[str, Any] = answers(ends) if answered else ends
        return {**self.conditions.names.held, **told, "Unsettled": Unsettled, "Failure": Failure}

    def _places(self) -> tuple[Place, ...] | None:
        """Return for which permits each home is covered; `None` for a subject without a home that should have one."""
        reach = self.conditions.reach
        scopes = [reach.number(written.rule.home) for written, _ in self.kept[Effect.PERMIT]]
        if self.conditions.has_homes and not self.homes:
            return None
        places = []
        for home in self.homes if self.conditions.has_homes else (None,):
            truths = reach.of(()) if home is None else reach.at(home)
            sure = sum(1 << number for number, scope in enumerate(scopes) if truths[scope] is True)
            possible = sum(1 << number for number, scope in enumerate(scopes) if truths[scope] is UNKNOWN)
            places.append(Place(sure, possible, home is not UNKNOWN))
        return tuple(places)

    def _made(self) -> Callable[[Facts], Verdict]:
        plain = ["try:", *(f"    {line}" for line in self.steps(plain=True))]
        text = with_locals("def decide(f):", [*plain, f"except {_TRIPPED}: return exact(f)"])
        held = self.held()

        def exact(facts: Facts) -> Verdict:
            # Most slices never meet an unknown fact, and compiling is most of what a slice costs.
            made = run(with_locals("def exact(f):", self.steps(plain=False)), "exact", held)
            verdict: Verdict = made(facts)
            return verdict

        # Once compiled, the exact function takes the place of this one among the names that both functions see.
        held["exact"] = exact
        return run(text, "decide", held)
