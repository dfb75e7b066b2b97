"""Keep the verdicts of one slice by the bits of the rules that determine them: equal bits are the same verdict.

Invariant: a verdict is made once for its bits, as long as no more than `MOST_VERDICTS` are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from compliance.engine.answered import Answered, answer
from compliance.engine.decision import Outcome, Verdict
from compliance.language.rulebook import Effect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from compliance.language.rulebook import Rule

MOST_VERDICTS: Final = 20_000
"""Verdicts that one slice keeps of each outcome."""


_Ending = TypeVar("_Ending")


class Kept(dict[Any, _Ending]):
    """Verdicts, or answers, by bits, each made when first asked for: a subscript is the cheapest call Python has."""

    def __init__(self, make: Callable[[Any], _Ending]) -> None:
        """Take what makes a verdict from its bits."""
        super().__init__()
        self._make = make

    def __missing__(self, bits: Any) -> _Ending:
        """Make a verdict, and keep it while there is room."""
        made = self._make(bits)
        if len(self) < MOST_VERDICTS:
            self[bits] = made
        return made


def endings(rules: Mapping[Effect, Sequence[Rule]]) -> dict[str, Kept[Verdict]]:
    """Return the verdicts that the rules of a slice may come to, by the names that `engine.steps` gives them.

    A bit stands for the rule at its place among those of its effect.
    """

    def blocked(bits: tuple[int, int, int, int]) -> Verdict:
        forbids, permits, unmet, open_requires = bits
        waiting = _picked(rules[Effect.REQUIRE], open_requires)
        unsettled = _picked(rules[Effect.FORBID], forbids) + _picked(rules[Effect.PERMIT], permits) + waiting
        failing = _picked(rules[Effect.REQUIRE], unmet)
        return Verdict(
            Outcome.INCOMPLETE,
            _by_id(unsettled + failing),
            unsettled=_by_id(unsettled),
            requirements=_by_id(failing + waiting),
        )

    def referred(bits: tuple[int, int]) -> Verdict:
        true, unknown = bits
        open_ = _picked(rules[Effect.REFER], unknown)
        return Verdict(Outcome.REFER, _picked(rules[Effect.REFER], true | unknown), unsettled=open_)

    def allowed(bits: tuple[int, int]) -> Verdict:
        permits, obliges = bits
        grounds = _picked(rules[Effect.PERMIT], permits)
        return Verdict(Outcome.ALLOW, grounds, obligations=_picked(rules[Effect.OBLIGE], obliges))

    made = {"BLOCKED": Kept(blocked), "REFERRED": Kept(referred), "ALLOWED": Kept(allowed)}
    # Where nothing is unknown one number says it all, and is found faster than a tuple.
    return {
        **made,
        "DENIED": Kept(lambda true: Verdict(Outcome.DENY, _picked(rules[Effect.FORBID], true))),
        "UNMET": Kept(lambda unmet: made["BLOCKED"][0, 0, unmet, 0]),
        "REFERS": Kept(lambda true: made["REFERRED"][true, 0]),
        "PERMITS": Kept(lambda permits: made["ALLOWED"][permits, 0]),
    }


def answers(verdicts: Mapping[str, Kept[Verdict]]) -> dict[str, Kept[Answered]]:
    """Return the answers that verdicts are, by the same names."""

    def answers_of(kept: Kept[Verdict]) -> Kept[Answered]:
        return Kept(lambda bits: answer(kept[bits]))

    return {name: answers_of(kept) for name, kept in verdicts.items()}


def _picked(rules: Sequence[Rule], bits: int) -> tuple[Rule, ...]:
    return tuple(rule for number, rule in enumerate(rules) if bits >> number & 1)


def _by_id(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.id))
