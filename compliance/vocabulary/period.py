"""Turn dated statements into half-open spans of time.

Invariant: both ends are aware instants in UTC; the start belongs to the period, the end does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (inclusive) until `end` (exclusive); `None` is open on that side."""

    start: datetime | None = None
    end: datetime | None = None

    def __contains__(self, instant: datetime) -> bool:
        """Say whether `instant` (aware) lies in the period."""
        return (self.start is None or self.start <= instant) and (self.end is None or instant < self.end)

    def overlaps(self, other: Period) -> bool:
        """Say whether some instant lies in both periods."""
        starts_before = self.start is None or other.end is None or self.start < other.end
        ends_after = self.end is None or other.start is None or other.start < self.end
        return starts_before and ends_after


ALWAYS = Period()
