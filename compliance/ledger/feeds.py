"""What feeds state, entry by entry: who said it, as of when, until when it counts.

A feed is a name and all that it states now; the next time it is put, or withdrawn, it states something else. All state
is entries of the log, of whatever epoch; a table says which entry is the newest of each feed. Invariant: what a feed
states is about resources, never about persons, and so it is public.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.ledger.committer import Recorded
from compliance.ledger.entry import DecisionRecord, stamped
from compliance.ledger.errors import NotRecordedError, OvertakenError, RefusedError
from compliance.ledger.feed_rows import Move, Place
from compliance.ledger.ledger import Ledger
from compliance.ledger.verify_rows import FEED_KIND

Values = Mapping[str, Mapping[str, Any]]
"""Path of a fact -> id of a resource -> value, as canonical JSON has it."""
_Stated = tuple[datetime, Mapping[str, Any]]
"""As of when, and what else an entry says of a feed."""
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as one entry states it; `values` are empty once it was withdrawn."""

    name: str
    by: str
    as_of: datetime
    valid_until: datetime | None
    values: Values
    place: Place
    recorded_at: datetime

    @property
    def withdrawn(self) -> bool:
        """Whether nobody feeds this any more."""
        return self.valid_until is None


def put(ledger: Ledger, name: str, by: str, values: Values, as_of: datetime, valid_until: datetime) -> Recorded:
    """Have a feed state these values, all of them and no others, from now on.

    Raises `RefusedError` when it states something newer already, or when another feed states one of the facts of one of
    the resources; `EntryTooLargeError` when there are too many; `OvertakenError` when others were faster for too long.
    """
    public = {"valid_until": stamped(valid_until), "values": {path: dict(each) for path, each in values.items()}}

    def beside(feeds: Mapping[str, Feed]) -> _Stated:
        for feed in feeds.values():
            if feed.name == name and as_of < feed.as_of:
                raise RefusedError(f"the feed `{name}` was put as of {stamped(feed.as_of)} already, which is later")
            if feed.name != name:
                for path, by_resource in values.items():
                    taken = sorted(by_resource.keys() & feed.values.get(path, {}).keys())
                    if taken:
                        raise RefusedError(f"the feed `{feed.name}` states `{path}` of `{taken[0]}` already")
        return as_of, public

    return _written(ledger, name, by, beside)


def withdraw(ledger: Ledger, name: str, by: str, reason: str, at: datetime) -> Recorded:
    """Have a feed state nothing any more: what holds without a feed holds again.

    Raises `NotRecordedError` when there is no such feed, `OvertakenError` as `put` does.
    """

    def beside(feeds: Mapping[str, Feed]) -> _Stated:
        feed = feeds.get(name)
        if feed is None or feed.withdrawn:
            raise NotRecordedError(f"there is no feed `{name}`")
        return max(at, feed.as_of), {"reason": reason}

    return _written(ledger, name, by, beside)


def standing(ledger: Ledger) -> dict[str, Feed]:
    """Return every feed as it stands, by name, also those that were withdrawn."""
    return _at(ledger, ledger.feeds())


def read(ledger: Ledger, name: str, place: Place) -> Feed:
    """Return what the entry at a place states of a feed; raises `NotRecordedError` when it is not there."""
    epoch, index = place
    reader = next((each for each in ledger.readers if each.epoch == epoch), None)
    if reader is None:
        raise NotRecordedError(f"the log of epoch {epoch} is not stored")
    entry = reader.entry(index)
    public = entry.public
    until = public.get("valid_until")
    return Feed(
        name=name,
        by=str(public["by"]),
        as_of=datetime.fromisoformat(public["as_of"]),
        valid_until=None if until is None else datetime.fromisoformat(until),
        values=public.get("values", {}),
        place=place,
        recorded_at=entry.recorded_at,
    )


def _at(ledger: Ledger, places: Mapping[str, Place]) -> dict[str, Feed]:
    return {name: read(ledger, name, place) for name, place in places.items()}


def _written(ledger: Ledger, name: str, by: str, beside: Callable[[Mapping[str, Feed]], _Stated]) -> Recorded:
    """Record what a feed states `beside` those that stand; look again as long as others are faster."""
    until = time.monotonic() + _SECONDS
    while True:
        places = ledger.feeds()
        as_of, more = beside(_at(ledger, places))
        public = {"feed": name, "by": by, "as_of": stamped(as_of), **more}
        record = DecisionRecord(public, {}, None, "", b"", b"", FEED_KIND)
        try:
            return ledger.append(record, feed=Move(name, places)).result(_SECONDS)
        except OvertakenError:
            if time.monotonic() > until:
                raise
