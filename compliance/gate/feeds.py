"""Hold what feeds say: swapped as a whole, so that a request sees one state; and keep it beside what rests on it.

Invariant: all that a feed may have said about an answer is in its record, so that a replay needs no feed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.decoder import FedValue
from compliance.gate.question import instant_of
from compliance.gate.values import instant, spelled
from compliance.vocabulary.facts import Origin
from compliance.vocabulary.reading import read_value
from compliance.vocabulary.refusal import Refused, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from compliance.vocabulary.facts import Vocabulary

    Fed = Mapping[tuple[str, str], FedValue]

EVERYWHERE: Final = "*"
"""Stands for every resource."""
NOTHING: Final[Fed] = MappingProxyType({})


class Feeds:
    """What feeds say now. Reading `current` once gives a consistent view."""

    def __init__(self) -> None:
        """Begin without any."""
        self._current: Fed = NOTHING

    @property
    def current(self) -> Fed:
        """Return what they say, by fact and resource (`*`: every resource that has no value of its own)."""
        return self._current

    def put(self, vocabulary: Vocabulary, path: str, resource: str, value: object, valid_until: datetime) -> None:
        """Let a fact have `value` (parsed JSON, decimals as texts) for a resource from now on, until an instant.

        After that instant the fact is unknown, unless it is put again. Raises `Refused` where no feed may say it.
        """
        self._current = MappingProxyType(
            {**self._current, (path, resource): _read(vocabulary, path, value, valid_until)}
        )

    def drop(self, path: str, resource: str) -> None:
        """Let nobody feed a fact of a resource any more: what holds without a feed holds again."""
        rest = {key: value for key, value in self._current.items() if key != (path, resource)}
        self._current = MappingProxyType(rest) if rest else NOTHING


def kept(fed: Fed, resource: str) -> list[dict[str, Any]]:
    """Return what was fed about a resource as it goes into a record: values that had ended, too."""
    return [
        {"fact": path, "resource": of, "value": spelled(each.value), "valid_until": instant(each.valid_until)}
        for (path, of), each in sorted(fed.items(), key=lambda item: item[0])
        if of in {resource, EVERYWHERE}
    ]


def read_kept(vocabulary: Vocabulary, rows: Iterable[Mapping[str, Any]]) -> Fed:
    """Return what `kept` spelled; raise `ValueError` or `Refused` for what this vocabulary cannot read."""
    return {
        (row["fact"], row["resource"]): _read(vocabulary, row["fact"], row["value"], instant_of(row["valid_until"]))
        for row in rows
    }


def _read(vocabulary: Vocabulary, path: str, value: object, valid_until: datetime) -> FedValue:
    fact = vocabulary.facts.get(path)
    if fact is None or Origin.FEED not in fact.origins:
        raise Refused("", f"{shown(path)} is no fact that is fed")
    if value is None:
        if not fact.optional:
            raise Refused("", f"`{path}` cannot be absent")
        return FedValue(None, valid_until)
    return FedValue(read_value(fact.type, value, records=vocabulary.records, at_least=fact.at_least), valid_until)
