"""Hold what feeds say: swapped as a whole, so that a request sees one state; and keep it beside what rests on it.

Invariant: all that a feed may have said about an answer is in its record, so that a replay needs no feed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.decoder import FedValue
from compliance.engine.envelope import Problem, RequestRefused
from compliance.gate.question import EARLIEST, instant_of
from compliance.gate.values import exact, instant, spelled
from compliance.vocabulary.facts import Origin
from compliance.vocabulary.reading import read_value
from compliance.vocabulary.refusal import Refused, escaped, shown
from compliance.vocabulary.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from compliance.language.rulebook import Rulebook
    from compliance.ledger.feeds import Feed
    from compliance.vocabulary.facts import Vocabulary

    Fed = Mapping[tuple[str, str], FedValue]

EVERYWHERE: Final = "*"
"""Stands for every resource."""
NOTHING: Final[Fed] = MappingProxyType({})
ENDED: Final = FedValue(None, EARLIEST)
"""What was fed and counts no more."""


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

    def take(self, fed: Fed) -> None:
        """Let feeds say `fed` from now on, and nothing else."""
        self._current = MappingProxyType(dict(fed)) if fed else NOTHING

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


def stated(vocabulary: Vocabulary, feeds: Iterable[Feed]) -> Fed:
    """Return what feeds of the log state; where two state the same, what was put later.

    A value counts until the feed says, or until it is too old for the vocabulary. One that this vocabulary cannot read
    has ended: nobody knows what holds.
    """
    found: dict[tuple[str, str], FedValue] = {}
    for feed in sorted(feeds, key=lambda each: each.place):
        if feed.valid_until is None:
            continue
        for path, by_resource in feed.values.items():
            fact = vocabulary.facts.get(path)
            if fact is None or Origin.FEED not in fact.origins:
                continue  # nothing rests on it any more
            until = feed.valid_until
            if fact.stale_after is not None:
                until = min(until, feed.as_of + fact.stale_after)
            for resource, value in by_resource.items():
                try:
                    found[path, resource] = _read(vocabulary, path, value, until)
                except Refused:
                    found[path, resource] = ENDED
    return found


def checked(rulebook: Rulebook, values: Mapping[str, object]) -> dict[str, dict[str, Any]]:
    """Return what a feed is to state (path -> resource -> value) as it is recorded; raise `RequestRefused`."""
    vocabulary, problems = rulebook.vocabulary, list[Problem]()
    known = [path for path, fact in vocabulary.facts.items() if Origin.FEED in fact.origins and not fact.personal]
    made: dict[str, dict[str, Any]] = {}
    for path, by_resource in values.items():
        where = f"/values/{escaped(path)}"
        if path not in known:
            problems.append(Problem(where, f"{shown(path)} is no fact that is fed", did_you_mean(path, known)))
        elif not isinstance(by_resource, dict) or not by_resource:
            example = f'send for instance {{"{EVERYWHERE}": ...}}: an id, or `{EVERYWHERE}` for every resource'
            problems.append(Problem(where, "what is fed is an object of values by resource", example))
        else:
            made[path] = {}
            for resource, value in by_resource.items():
                place = f"{where}/{escaped(resource)}"
                if not _is_resource(rulebook, resource):
                    ids = [id_ for entries in rulebook.catalogue.values() for id_ in entries]
                    problems.append(Problem(place, f"{shown(resource)} is no resource", did_you_mean(resource, ids)))
                    continue
                try:
                    read = _read(vocabulary, path, value, EARLIEST).value
                except Refused as refused:
                    problems.append(Problem(place + refused.pointer, refused.message, refused.help))
                else:
                    made[path][resource] = exact(spelled(read))
    if problems:
        raise RequestRefused(problems)
    return made


def _is_resource(rulebook: Rulebook, id_: str) -> bool:
    """Say whether a request can be about a resource of this id: each, where a type of resource has no catalogue."""
    catalogues = [rulebook.catalogue.get(name) for name in rulebook.vocabulary.resource_types]
    return id_ == EVERYWHERE or any(entries is None or id_ in entries for entries in catalogues)


def read_kept(vocabulary: Vocabulary, rows: Iterable[Mapping[str, Any]]) -> Fed:
    """Return what `kept` spelled; raise `ValueError` or `Refused` for what this vocabulary cannot read."""
    found: dict[tuple[str, str], FedValue] = {}
    for row in rows:
        until = instant_of(row["valid_until"])
        ended = row["value"] is None and until == EARLIEST
        value = ENDED if ended else _read(vocabulary, row["fact"], row["value"], until)
        found[row["fact"], row["resource"]] = value
    return found


def _read(vocabulary: Vocabulary, path: str, value: object, valid_until: datetime) -> FedValue:
    fact = vocabulary.facts.get(path)
    if fact is None or Origin.FEED not in fact.origins:
        raise Refused("", f"{shown(path)} is no fact that is fed")
    if value is None:
        if not fact.optional:
            raise Refused("", f"`{path}` cannot be absent")
        return FedValue(None, valid_until)
    return FedValue(read_value(fact.type, value, records=vocabulary.records, at_least=fact.at_least), valid_until)
