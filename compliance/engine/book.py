"""The library's front: a rulebook that is asked at an instant.

book = Book(rulebook)
decision = book.at(instant).decide({"subject": ..., "action": ..., "resource": ..., "context": ...})
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.engine.combiner import combine
from compliance.engine.decision import Decision
from compliance.engine.decoder import Surroundings, decode
from compliance.engine.explainer import explain
from compliance.engine.ruleset import Timeline

if TYPE_CHECKING:
    from datetime import datetime

    from compliance.engine.decision import Verdict
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import Rulebook


class Book:
    """A checked rulebook, ready to be asked at any instant."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Take a checked rulebook."""
        self.rulebook = rulebook
        self.timeline = Timeline(rulebook)

    def at(self, instant: datetime) -> BookAt:
        """Return the book as it stands at `instant` (aware)."""
        return BookAt(self.timeline.at(instant), instant)


class BookAt:
    """A rulebook at one instant."""

    def __init__(self, ruleset: Ruleset, instant: datetime) -> None:
        """Take the ruleset in force and the instant that requests are judged at."""
        self.ruleset = ruleset
        self.instant = instant

    def request(self, body: object, *, strict: bool = True) -> Request:
        """Return `body` decoded; raise `RequestRefused` with every problem of it."""
        return decode(self.ruleset, body, Surroundings(self.instant), strict=strict)

    def verdict(self, request: Request) -> Verdict:
        """Return the outcome of a decoded request and the rules that determine it."""
        return combine(self.ruleset, request)

    def decide(self, body: object, *, strict: bool = True) -> Decision:
        """Return the decision on `body`; raise `RequestRefused` if it cannot be read."""
        return decision_of(self.ruleset, self.request(body, strict=strict))


def decision_of(ruleset: Ruleset, request: Request) -> Decision:
    """Return the explained decision on a decoded request, with its counterparty's decision if it names one."""
    made = explain(ruleset, request, combine(ruleset, request))
    if request.counterparty is None:
        return made
    name, second = request.counterparty
    return joined(made, name, decision_of(ruleset, second))


def joined(first: Decision, name: str, second: Decision) -> Decision:
    """Return the first subject's decision with the second's beside it; the stricter outcome answers."""
    stricter = min(first.outcome, second.outcome, key=lambda outcome: outcome.severity)
    return Decision(
        outcome=stricter,
        ground=first.ground if stricter is first.outcome else None,
        grounds=first.grounds,
        missing=first.missing,
        requirements=first.requirements,
        obligations=first.obligations,
        assumed=first.assumed,
        errors=first.errors,
        nearest=first.nearest,
        ruleset_digest=first.ruleset_digest,
        as_of=first.as_of,
        warnings=first.warnings,
        counterparty=(name, second),
    )
