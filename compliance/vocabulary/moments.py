"""Turn the text of a day, an instant or a length of time into the value, or into nothing.

Invariant: an instant has an offset and comes out in UTC; only ASCII digits are digits.

Reference: RFC 3339 (a profile of ISO 8601). Parts of a second finer than a microsecond are cut off, which makes an
observation older and a validity shorter, never the other way round. A leap second is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DURATION: Final = re.compile(r"([0-9]{1,10})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LONGEST: Final = 36_525 * 86_400
"""Seconds of 100 years."""


def day(text: str) -> date | None:
    """Return the day written as `2026-01-31`, or `None` if `text` is none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def instant(text: str) -> datetime | None:
    """Return the instant written as `2026-01-31T12:00:00Z` or with another offset, in UTC, or `None`."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    fraction = (found[3] or "0")[:6].ljust(6, "0")
    offset = "+00:00" if found[4] in {"Z", "z"} else found[4]
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}.{fraction}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def duration(text: str) -> timedelta | None:
    """Return the length of time written as `90s`, `15m`, `24h` or `365d`, up to 100 years, or `None`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    seconds = int(found[1]) * _SECONDS[found[2]]
    return timedelta(seconds=seconds) if seconds <= _LONGEST else None
