"""Turn `effective:`, `review_by:` and `zone:` into instants in UTC.

Invariant: a date is a day in its zone; the day after `through:` begins the time in which the statement no longer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from compliance.language.authorities import DAY
from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.fields import TEXT, Field, Filled, Form, Found, clipped
from compliance.language.nodes import Node
from compliance.language.span import Span
from compliance.vocabulary import moments
from compliance.vocabulary.period import ALWAYS, Period
from compliance.vocabulary.suggestions import did_you_mean


@dataclass(frozen=True, slots=True)
class Zone:
    """The IANA name of a time zone."""

    expected: str = "the name of a time zone such as `Europe/Zurich`"

    def take(self, node: Node, name: str, found: Found) -> ZoneInfo | None:
        """Return the zone."""
        word = TEXT.take(node, name, found)
        if word is None:
            return None
        try:
            return ZoneInfo(word.value)
        except (KeyError, ValueError, OSError):
            cure = did_you_mean(word.value, available_timezones()) or f"write {self.expected}"
            message = f"`{clipped(word.value)}` is no time zone"
            found.append(Diagnostic("unknown-zone", message, word.span, help=cure))
            return None


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant with its offset."""

    expected: str = "an instant such as `2026-01-31T12:00:00Z`"

    def take(self, node: Node, name: str, found: Found) -> datetime | None:
        """Return the instant in UTC."""
        word = TEXT.take(node, name, found)
        if word is None:
            return None
        instant = moments.instant(word.value)
        if instant is not None:
            return instant
        day = moments.day(word.value)
        if day is not None and name == "until":
            before = day - timedelta(days=1) if day > date.min else day
            message = f"`until: {word.value}` does not say whether that day still counts"
            cure = f"write `through: {before}`, or an instant such as `until: {day}T00:00:00Z`"
            found.append(Diagnostic("until-needs-an-instant", message, word.span, help=cure))
            return None
        message = f"`{clipped(word.value)}` is no instant"
        found.append(Diagnostic("bad-date", message, word.span, help=f"write {self.expected}"))
        return None


@dataclass(frozen=True, slots=True)
class Start:
    """A date or an instant."""

    expected: str = "a date such as `2026-01-31` or an instant such as `2026-01-31T12:00:00Z`"

    def take(self, node: Node, name: str, found: Found) -> date | None:
        """Return the date, or the instant in UTC."""
        word = TEXT.take(node, name, found)
        start = None if word is None else moments.day(word.value) or moments.instant(word.value)
        if word is not None and start is None:
            message = f"`{clipped(word.value)}` is neither a date nor an instant"
            found.append(Diagnostic("bad-date", message, word.span, help=f"write {self.expected}"))
        return start


INSTANT: Final = Instant()
ZONE: Final = Field("zone", Zone())
FROM: Final = Field("from", Start())
THROUGH: Final = Field("through", DAY)
UNTIL: Final = Field("until", INSTANT)
EFFECTIVE: Final = Field("effective", Form("period", (FROM, THROUGH, UNTIL, ZONE)))
REVIEW_BY: Final = Field("review_by", DAY)


def period_of(filled: Filled | None, zone: ZoneInfo | None, found: Found) -> Period:
    """Return the period that a mapping `effective:` states, its dates in its own zone, else in `zone`, else in UTC."""
    if filled is None:
        return ALWAYS
    zone = filled.get(ZONE) or zone
    start, through, until = filled.get(FROM), filled.get(THROUGH), filled.get(UNTIL)
    if filled.gives(THROUGH) and filled.gives(UNTIL):
        message = "a period ends once, with `through` or with `until`"
        cure = "keep `through` for a whole day, `until` for an instant"
        found.append(Diagnostic("two-ends", message, filled.keys["until"].span, help=cure))
    begins = start if isinstance(start, datetime) or start is None else midnight(start, zone)
    ends = until if through is None else day_after(through, zone)
    if begins is not None and ends is not None and ends <= begins:
        message = "the period ends before it starts"
        end = UNTIL if through is None else THROUGH
        notes = (Note(filled.place(FROM), "it starts here"),)
        cure = "correct one of the two: `through` is the last day that counts, `until` the first instant that does not"
        found.append(Diagnostic("period-ends-before-it-starts", message, filled.place(end), help=cure, notes=notes))
        return Period(begins, None)
    return Period(begins, ends)


def midnight(day: date, zone: ZoneInfo | None) -> datetime:
    """Return the instant at which `day` begins in `zone` (`None` is UTC), in UTC."""
    try:
        return datetime.combine(day, time(), zone or UTC).astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def day_after(day: date, zone: ZoneInfo | None) -> datetime:
    """Return the instant at which the day after `day` begins in `zone`, in UTC."""
    return midnight(day + timedelta(days=1), zone) if day < date.max else datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dated:
    """One of several statements of one thing, with when it holds."""

    period: Period
    span: Span


def check_overlaps(what: str, dated: Iterable[Dated], undated: str, found: Found, cure: str = "") -> None:
    """Complain about two statements of one thing that hold at one instant; `undated` is the slug without periods."""
    earlier: list[Dated] = []
    for statement in dated:
        other = next((other for other in earlier if other.period.overlaps(statement.period)), None)
        if other is not None:
            always = other.period == ALWAYS == statement.period
            slug = undated if always else "overlapping-periods"
            message = f"{what} is stated twice" + ("" if always else " for the same time")
            advice = cure or ("remove one" if always else "let one end with `through:` before the other starts")
            notes = (Note(other.span, "it is stated here first"),)
            found.append(Diagnostic(slug, message, statement.span, help=advice, notes=notes))
        earlier.append(statement)


def check_gaps(what: str, dated: Sequence[Dated], found: Found) -> None:
    """Complain about a time between two statements of one thing in which none holds."""
    ordered = sorted(dated, key=lambda one: one.period.start or datetime.min.replace(tzinfo=UTC))
    covered = ordered[0].period.end if ordered else None
    for before, after in pairwise(ordered):
        start = after.period.start
        if covered is not None and start is not None and covered < start:
            message = f"{what} has no value from {_written(covered)} until {_written(start)}"
            cure = "let the values follow each other, or say why not in `gaps:`"
            notes = (Note(before.span, "this one ends before"),)
            found.append(Diagnostic("period-gap", message, after.span, help=cure, notes=notes))
        end = after.period.end
        covered = None if covered is None or end is None else max(covered, end)


def _written(instant: datetime) -> str:
    if instant.time() == time():
        return instant.date().isoformat()
    return instant.isoformat().replace("+00:00", "Z")
