"""Spell the values of facts as JSON, in the form in which requests give them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from compliance.vocabulary.unknown import UNKNOWN, Unknown
from compliance.vocabulary.values import Money, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.vocabulary.authority import Authority
    from compliance.vocabulary.values import FactValue


def spelled(value: FactValue) -> Any:
    """Return `value` as JSON: decimals as texts, dates and instants as RFC 3339, sets in order, `None` for absent.

    Raises:
        ValueError: for an unknown value, which no JSON says; see `stated`.
    """
    match value:
        case Unknown():
            raise ValueError("an unknown value has no spelling")
        case bool() | int() | str() | None:
            return value
        case Decimal():
            return f"{value:f}"
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case timedelta():
            return _length(value)
        case Money(amount, currency):
            return {"amount": f"{amount:f}", "currency": currency}
        case frozenset():
            return sorted((spelled(item) for item in value), key=str)
        case tuple():
            return [spelled(item) for item in value]
        case Record():
            return {name: spelled(found) for name, found in value.fields.items() if found is not UNKNOWN}


def stated(path: str, value: FactValue) -> dict[str, Any]:
    """Return a fact with its state, `known`, `absent` or `unknown`, and its value where it is known."""
    if value is UNKNOWN:
        return {"fact": path, "state": "unknown"}
    if value is None:
        return {"fact": path, "state": "absent", "value": None}
    return {"fact": path, "state": "known", "value": spelled(value)}


def instant(moment: datetime) -> str:
    """Return an instant as RFC 3339 in UTC, for instance `2026-10-05T12:00:00Z`."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat()[:-6] + "Z"


def instant_json(moment: datetime) -> bytes:
    """Return the same as a JSON text; what the instants of one second share is spelled once."""
    fraction, seconds = moment.microsecond, moment.timestamp()
    # Beyond, a float has no room for microseconds beside the seconds.
    if not fraction or not 0 <= seconds < _FAR:
        return b'"%b"' % instant(moment).encode()
    second = int(seconds)
    spelt = _seconds.get(second)
    if spelt is None:
        if len(_seconds) >= _MOST_SECONDS:
            _seconds.clear()
        spelt = _seconds[second] = instant(moment.replace(microsecond=0))[:-1].encode()
    return b'"%b.%06dZ"' % (spelt, fraction)


_FAR: Final = 1 << 32
_MOST_SECONDS: Final = 100
_seconds: Final[dict[int, bytes]] = {}


def exact(value: Any) -> Any:
    """Return a spelled value with integers that canonical JSON has no exact place for as texts."""
    if isinstance(value, int) and abs(value) >= 2**53:
        return str(value)
    if isinstance(value, list):
        return [exact(item) for item in value]
    if isinstance(value, dict):
        return {name: exact(item) for name, item in value.items()}
    return value


@lru_cache(maxsize=4096)
def cited(authority: Authority) -> Mapping[str, Any]:
    """Return a source as answers cite it; the same one each time, which nobody may change."""
    return {
        "title": authority.title,
        "article": authority.article,
        "href": authority.href,
        "reviewed_on": authority.reviewed_on.isoformat(),
        "standing": authority.standing.value,
    }


def _length(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
