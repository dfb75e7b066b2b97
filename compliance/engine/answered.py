"""What many requests are answered with: an outcome and the ids of the rules that determined it, without explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from compliance.engine.decision import Outcome, Verdict
    from compliance.engine.envelope import RequestRefused

_MOST_KEPT: Final = 10_000


class Answered(NamedTuple):
    """The outcome of one request of many, and the ids of the rules that determined it."""

    outcome: Outcome | None
    """`None` for a request that cannot be read."""
    grounds: tuple[str, ...] = ()
    refused: RequestRefused | None = None


def answer(verdict: Verdict) -> Answered:
    """Return a verdict as an answer."""
    return Answered(verdict.outcome, tuple([rule.id for rule in verdict.grounds]))


class Answers:
    """Answers by verdict: equal verdicts are mostly the same object, so each is looked at once."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[int, tuple[Verdict, Answered]] = {}

    def of(self, verdict: Verdict) -> Answered:
        """Return a verdict as an answer."""
        kept = self._kept.get(id(verdict))
        if kept is not None:
            return kept[1]
        made = answer(verdict)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        # Invariant: a kept verdict lives, so no other one gets its identity.
        self._kept[id(verdict)] = verdict, made
        return made
