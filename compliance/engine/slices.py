"""Write the function of one slice: what the rules of a group come to for subjects at given homes.

The function gathers rule numbers as bits; equal bits are the same verdict, made once. Plain code runs first; the code
with two bounds is compiled when an unknown fact first asks for it.

Reference: DESIGN sections 5 and 8; docs/decisions/0004 and 0006.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.decision import Outcome, Verdict
from compliance.engine.facts import ACTION_NAME, PRODUCT, RESOURCE_TYPE, SUBJECT_TYPE
from compliance.engine.generator import MAY, MUST, Generator, Names, Unsettled, failing
from compliance.engine.operations import Failure
from compliance.engine.plain import NotPlain, PlainWriter
from compliance.engine.program import run, with_locals
from compliance.engine.specializer import FALSE, TRUE, conjoined, negated, specialize
from compliance.language.rulebook import Effect
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance.engine.facts import Facts
    from compliance.engine.reach import Reach
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.language.rulebook import Rule

Group = tuple[str, str, "str | None", str]
"""Action, kind of subject, product, type of resource."""

MOST_VERDICTS: Final = 20_000
"""Verdicts that one slice keeps."""

_TRIPPED: Final = "(TypeError, ArithmeticError, Failure)"
"""What plain code raises when it touches an unknown fact, or fails."""


@dataclass(frozen=True, slots=True)
class _Written:
    """One rule of a group, its condition written as Python in three ways."""

    rule: Rule
    may: str
    must: str
    plain: str | None
    """For known facts; `None` where only the two bounds can say it."""
    failing: str
    """Where its value, if it is unknown, may come with an error that only the evaluator words."""


class Conditions:
    """The folded conditions of a group's rules, written as Python; shared by all its homes."""

    def __init__(self, ruleset: Ruleset, group: Group, reach: Reach) -> None:
        """Fold and write the conditions of the rules that apply to `group`.

        Raises:
            Failure, Unsettled: where only the evaluator can say what a condition means.
        """
        action, kind, product, resource_type = group
        self.has_homes = bool(ruleset.vocabulary.kinds[kind].homes)
        self.reach = reach
        self.names = Names()
        self.functions: dict[object, Callable[[Facts], Verdict]] = {}
        """Slices with the same rules, in the same way, share a function."""
        known = {SUBJECT_TYPE: kind, ACTION_NAME: action, RESOURCE_TYPE: resource_type}
        if product is not None:
            known[PRODUCT] = product
        self.rules: list[_Written] = []
        self.by_scope: dict[int, list[int]] = {}
        """Number of a scope -> places in `rules`."""
        generator, writer = Generator(ruleset, kind, self.names), PlainWriter(ruleset, self.names)
        for rule in ruleset.applicable(action, kind, product, resource_type):
            condition = _folded(rule, ruleset, kind, known)
            if condition == FALSE:
                continue
            may, must = generator.bound(condition, MAY), generator.bound(condition, MUST)
            self.by_scope.setdefault(reach.number(rule.home), []).append(len(self.rules))
            self.rules.append(_Written(rule, may, must, _plain(writer, condition), failing(condition)))


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
        """Take the group's conditions and what is known of the homes: codes, `UNKNOWN` for one not given."""
        self.conditions = conditions
        self.homes = homes
        scopes = conditions.reach.of(homes)
        found = sorted(
            (place, scopes[number] is True)
            for number, places in conditions.by_scope.items()
            if scopes[number] is not False
            for place in places
        )
        self.kept: dict[Effect, list[tuple[_Written, str]]] = {effect: [] for effect in Effect}
        for place, sure in found:
            written = conditions.rules[place]
            self.kept[written.rule.effect].append((written, written.must if sure else "False"))
        self.permission = self._permission()
        self.likeness = (tuple(found), tuple(self.permission))
        """Slices of a group with the same likeness are decided the same way."""

    def function(self) -> Callable[[Facts], Verdict]:
        """Return the slice's function from facts to verdict: plain code, and the two bounds where a fact is unknown."""
        found = self.conditions.functions.get(self.likeness)
        if found is None:
            found = self.conditions.functions[self.likeness] = self._made()
        return found

    def _made(self) -> Callable[[Facts], Verdict]:
        plain = [_MASKS, "try:", *(f"    {line}" for line in self._steps(plain=True))]
        text = with_locals("def decide(f):", [*plain, f"except {_TRIPPED}: return exact(f)"])
        held = self.conditions.names.held | self._endings() | {"Unsettled": Unsettled, "Failure": Failure}

        def exact(facts: Facts) -> Verdict:
            # Most slices never meet an unknown fact, and compiling is most of what a slice costs.
            made = run(with_locals("def exact(f):", [_MASKS, *self._steps(plain=False)]), "exact", held)
            verdict: Verdict = made(facts)
            return verdict

        # Once compiled, the exact function takes the place of this one among the names that both functions see.
        held["exact"] = exact
        return run(text, "decide", held)

    def _steps(self, *, plain: bool) -> list[str]:
        """Return the five steps of DESIGN section 5 as lines."""
        return [
            *self._gathering(Effect.FORBID, "t", "u", plain=plain),
            "if t: return denied(t)",
            *self._gathering(Effect.PERMIT, "p", "q", plain=plain),
            *self.permission,
            *self._gathering(Effect.REQUIRE, "r", "s", plain=plain),
            "if u or n or open_ or r or s: return blocked(u, n, r, s)",
            *self._gathering(Effect.REFER, "x", "y", plain=plain),
            "if x or y: return referred(x, y)",
            *self._gathering(Effect.OBLIGE, "o", "z", plain=plain),
            "return allowed(p, o | z)",
        ]

    def _gathering(self, effect: Effect, true: str, unknown: str, *, plain: bool) -> list[str]:
        """Return the lines that set a bit in `true` or `unknown` for each rule that may hold.

        Rules with the same condition share a line.
        """
        masks: dict[tuple[str, ...], int] = {}
        for number, (written, must) in enumerate(self.kept[effect]):
            bit = 1 << number
            open_ = [f"{unknown} |= {{}}"]
            if written.failing != "False":
                open_.insert(0, f"if {written.failing}: raise Unsettled")
            direct = written.plain if plain and must not in {"False", "True"} else None
            lines: tuple[str, ...]
            if written.may == "False":
                continue
            if direct is not None:
                lines = (f"if {direct}: {true} |= {{}}",)
            elif must == "True":
                lines = (f"{true} |= {{}}",)
            elif must == "False":
                lines = (f"if {written.may}:", *(f"    {line}" for line in open_))
            elif written.may == must:
                lines = (f"if {must}: {true} |= {{}}",)
            else:
                unsure = (f"        {line}" for line in open_)
                lines = (f"if {written.may}:", f"    if {must}: {true} |= {{}}", "    else:", *unsure)
            masks[lines] = masks.get(lines, 0) | bit
        return [line.replace("{}", str(mask)) for lines, mask in masks.items() for line in lines]

    def _permission(self) -> list[str]:
        """Return the lines that set `open_` (permission unknown) and `n` (permits that leave it so), or that deny.

        In `p` and `q` a permit's bit says that its condition is true or unknown; the masks below say where it holds.
        """
        reach = self.conditions.reach
        scopes = [reach.number(written.rule.home) for written, _ in self.kept[Effect.PERMIT]]
        if not self.conditions.has_homes:
            places: list[object] = [None]
        elif not self.homes:
            return ["return denied(0)"]
        else:
            places = list(self.homes)
        lines = ["open_ = False"]
        for home in places:
            sure = possible = 0
            truths = reach.of(()) if home is None else reach.at(home)
            for number, scope in enumerate(scopes):
                sure |= (1 << number) if truths[scope] is True else 0
                possible |= (1 << number) if truths[scope] is UNKNOWN else 0
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
        rules = {effect: [written.rule for written, _ in kept] for effect, kept in self.kept.items()}

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
            if len(made) < MOST_VERDICTS:
                made[bits] = verdict
        return verdict

    return remembered


def _picked(rules: list[Rule], bits: int) -> tuple[Rule, ...]:
    return tuple(rule for number, rule in enumerate(rules) if bits >> number & 1)


def _by_id(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.id))


_MASKS: Final = "t = u = p = q = n = r = s = x = y = o = z = 0"
