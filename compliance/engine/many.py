"""Answer many requests at once: from a list of bodies, or from a table with one column for each fact.

Invariant: each answer is the one that its request gets on its own; a request that cannot be read has its refusal in
its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.engine.answered import Answered
from compliance.engine.envelope import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.engine.compiler import Compiler
    from compliance.engine.decoder import Surroundings
    from compliance.engine.request import Request
    from compliance.engine.wire import WireDecoder


class Answerer:
    """Answers requests of one rulebook at one instant, one after the other."""

    def __init__(self, compiler: Compiler, wire: WireDecoder, around: Surroundings) -> None:
        """Take what decides, what reads, and the instant and surroundings of all requests."""
        self.wire = wire
        self.around = around
        self._compiler = compiler
        self.answers = compiler.answers

    def bodies(self, bodies: Iterable[object], *, strict: bool = True) -> list[Answered]:
        """Return the answers to `bodies` (parsed JSON), in order."""
        asked = list(bodies)
        judged = self.wire.judge_all(asked, self.around, self._compiler, strict)
        of, read = self.answers.of, self._read
        return [
            of(verdict) if verdict is not None else read(body, strict)
            for body, verdict in zip(asked, judged, strict=True)
        ]

    def body(self, body: object, *, strict: bool = True) -> Answered:
        """Return the answer to one body."""
        return self.bodies((body,), strict=strict)[0]

    def _read(self, body: object, strict: bool) -> Answered:
        """Return the answer to a body that has to be read as a request."""
        try:
            return self.request(self.wire.request(body, self.around, strict=strict))
        except RequestRefused as refused:
            return Answered(None, (), refused)

    def request(self, request: Request) -> Answered:
        """Return the answer to a request; the stricter of two outcomes if it names a second subject."""
        found = self.answers.of(self._compiler.verdict(request))
        if request.counterparty is None:
            return found
        other = self.request(request.counterparty[1])
        stricter = min((found, other), key=lambda each: 0 if each.outcome is None else each.outcome.severity)
        return Answered(stricter.outcome, found.grounds)
