"""The library's front: a rulebook that is asked at an instant.

book = Book(rulebook)
decision = book.at(instant).decide({"subject": ..., "action": ..., "resource": ..., "context": ...})
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from compliance.engine.compiler import Compiler
from compliance.engine.decoder import Surroundings, decode
from compliance.engine.explainer import explain
from compliance.engine.ruleset import Timeline

if TYPE_CHECKING:
    from datetime import datetime

    from compliance.engine.decision import Decision, Verdict
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import Rulebook


class Book:
    """A checked rulebook, ready to be asked at any instant."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Take a checked rulebook."""
        self.rulebook = rulebook
        self.timeline = Timeline(rulebook)
        self._compilers: dict[Ruleset, Compiler] = {}

    def at(self, instant: datetime) -> BookAt:
        """Return the book as it stands at `instant` (aware)."""
        ruleset = self.timeline.at(instant)
        compiler = self._compilers.get(ruleset)
        if compiler is None:
            compiler = self._compilers.setdefault(ruleset, Compiler(ruleset))
        return BookAt(compiler, instant)


class BookAt:
    """A rulebook at one instant."""

    def __init__(self, compiler: Compiler, instant: datetime) -> None:
        """Take the compiled ruleset in force and the instant that requests are judged at."""
        self.compiler = compiler
        self.ruleset = compiler.ruleset
        self.instant = instant

    def request(self, body: object, *, strict: bool = True) -> Request:
        """Return `body` decoded; raise `RequestRefused` with every problem of it."""
        return decode(self.ruleset, body, Surroundings(self.instant), strict=strict)

    def verdict(self, request: Request) -> Verdict:
        """Return the outcome of a decoded request and the rules that determine it."""
        return self.compiler.verdict(request)

    def decide(self, body: object, *, strict: bool = True) -> Decision:
        """Return the decision on `body`; raise `RequestRefused` if it cannot be read."""
        return self.decision(self.request(body, strict=strict))

    def decision(self, request: Request) -> Decision:
        """Return the explained decision on a decoded request; the stricter of two if it names a second subject."""
        made = explain(self.ruleset, request, self.verdict(request), self._vary)
        if request.counterparty is None:
            return made
        name, second = request.counterparty
        return joined(made, name, self.decision(second))

    def _vary(self, _: Ruleset, request: Request) -> Verdict:
        return self.compiler.verdict(request)


def joined(first: Decision, name: str, second: Decision) -> Decision:
    """Return the first subject's decision with the second's beside it; the stricter outcome answers."""
    stricter = min(first.outcome, second.outcome, key=lambda outcome: outcome.severity)
    ground = first.ground if stricter is first.outcome else None
    return replace(first, outcome=stricter, ground=ground, counterparty=(name, second))
