"""Answer many requests at once: from a list of bodies, or from a table with one column for each fact.

Invariant: each answer is the one that its request gets on its own; a request that cannot be read has its refusal in
its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from compliance.engine.envelope import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.engine.compiler import Compiler
    from compliance.engine.decision import Outcome, Verdict
    from compliance.engine.decoder import Surroundings
    from compliance.engine.request import Request
    from compliance.engine.wire import WireDecoder

_MOST_KEPT: Final = 10_000


class Answered(NamedTuple):
    """The outcome of one request of many, and the ids of the rules that determined it."""

    outcome: Outcome | None
    """`None` for a request that cannot be read."""
    grounds: tuple[str, ...] = ()
    refused: RequestRefused | None = None


class Answerer:
    """Answers requests of one rulebook at one instant, one after the other."""

    def __init__(self, compiler: Compiler, wire: WireDecoder, around: Surroundings) -> None:
        """Take what decides, what reads, and the instant and surroundings of all requests."""
        self.wire = wire
        self.around = around
        self._verdict = compiler.verdict
        self._kept: dict[int, tuple[Verdict, Answered]] = {}

    def bodies(self, bodies: Iterable[object], *, strict: bool = True) -> list[Answered]:
        """Return the answers to `bodies` (parsed JSON), in order."""
        return [self.body(body, strict=strict) for body in bodies]

    def body(self, body: object, *, strict: bool = True) -> Answered:
        """Return the answer to one body."""
        try:
            return self.request(self.wire.request(body, self.around, strict=strict))
        except RequestRefused as refused:
            return Answered(None, (), refused)

    def request(self, request: Request) -> Answered:
        """Return the answer to a request; the stricter of two outcomes if it names a second subject."""
        found = self._answered(self._verdict(request))
        if request.counterparty is None:
            return found
        other = self.request(request.counterparty[1])
        stricter = min((found, other), key=lambda each: 0 if each.outcome is None else each.outcome.severity)
        return Answered(stricter.outcome, found.grounds)

    def _answered(self, verdict: Verdict) -> Answered:
        """Return a verdict as an answer; equal verdicts are mostly the same object, so each is looked at once."""
        kept = self._kept.get(id(verdict))
        if kept is not None:
            return kept[1]
        made = Answered(verdict.outcome, tuple([rule.id for rule in verdict.grounds]))
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        # Invariant: a kept verdict lives, so no other one gets its identity.
        self._kept[id(verdict)] = verdict, made
        return made
