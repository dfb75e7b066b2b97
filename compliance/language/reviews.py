"""Turn a rulebook and an instant into what has to be read again: review dates that passed, or that are near.

Invariant: what no longer holds at the instant is history, and history does not go stale.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from compliance.language.diagnostic import Diagnostic, Severity, in_order
from compliance.language.rulebook import Rulebook
from compliance.language.span import Span
from compliance.vocabulary.period import Period

NEAR: Final = timedelta(days=30)
"""How long before its review date a statement is warned about."""
_DAY: Final = timedelta(days=1)
_AGAIN: Final = "read its sources again, then correct it and move `review_by:`"


def reviews(rulebook: Rulebook, at: datetime) -> list[Diagnostic]:
    """Return a warning for every statement that is stale at `at` (aware), or will be within 30 days."""
    warned = []
    for what, due, span in _stated(rulebook, at):
        day = (due - _DAY).date()
        if due <= at:
            message = f"{what} had to be read again by {day}"
            label = "entries that rest on it go to a person"
            warned.append(Diagnostic("expired-review", message, span, label, _AGAIN, Severity.WARNING))
        elif due <= at + NEAR:
            message = f"{what} has to be read again by {day}"
            label = "after that day entries that rest on it go to a person"
            warned.append(Diagnostic("review-due", message, span, label, _AGAIN, Severity.WARNING))
    return in_order(warned)


def _stated(rulebook: Rulebook, at: datetime) -> Iterator[tuple[str, datetime, Span]]:
    """Yield of each statement that still holds how it is called, from when it is stale, and where it stands."""
    for rule in rulebook.rules:
        if rule.review_by is not None and not rule.from_position and _holds_on(rule.effective, at):
            yield f"the rule `{rule.id}`", rule.review_by, rule.span
    for position in rulebook.positions:
        if position.review_by is not None and _holds_on(position.effective, at):
            name = f"{position.jurisdiction}/{position.layer}-{position.product}"
            yield f"the position `{name}`", position.review_by, position.span
    for value in rulebook.parameters:
        if value.review_by is not None and _holds_on(value.effective, at):
            yield f"the parameter `{value.name}`", value.review_by, value.span
    for group in rulebook.group_reviews:
        if (due := rulebook.group_review(group, at)) is not None:
            yield f"the list of members of `{group}`", due, rulebook.jurisdictions[group].span


def _holds_on(period: Period | None, at: datetime) -> bool:
    return period is None or period.end is None or at < period.end
