"""Say what time it is: the one place where an instant comes from, so that tests and replay can choose it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the present instant."""
        return datetime.now(UTC)


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it is set."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant that the clock is set to."""
        return self.instant


SYSTEM_CLOCK: Final = SystemClock()
