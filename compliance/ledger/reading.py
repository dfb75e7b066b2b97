"""The stored log -> single records, searches, proofs and static files, for whoever reads it.

Invariant: a reader never appends. What it returns from the personal part was checked against the entry's
commitments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn

from sqlalchemy import Connection, select

from compliance.ledger import merkle, search_index, store, tiles
from compliance.ledger.checkpoint import Checkpoint, decimal
from compliance.ledger.entry import Personal, open_personal
from compliance.ledger.errors import KeysUnavailableError, NotRecordedError
from compliance.ledger.keyring import LogKey, log_keys
from compliance.ledger.note import Note
from compliance.ledger.proof import Receipt
from compliance.ledger.store import Stored
from compliance.ledger.subjects import Subjects
from compliance.storage.database import Database

_BATCH = 1000
_PAGE = 100


@dataclass(frozen=True)
class Entry:
    """An entry as it is read: where it is, and its public document."""

    epoch: int
    index: int
    recorded_at: datetime
    body: bytes
    sealed: bytes

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The whole entry, parsed."""
        parsed: Mapping[str, Any] = json.loads(self.body)
        return parsed

    @property
    def kind(self) -> str:
        """What is recorded: `decision`, `log`, `key`, `erasure`, ..."""
        return str(self.document["kind"])

    @property
    def public(self) -> Mapping[str, Any]:
        """The public part."""
        part: Mapping[str, Any] = self.document["public"]
        return part

    @property
    def ruleset_digest(self) -> str:
        """Under which ruleset it was decided."""
        return str(self.document["ruleset"])


@dataclass(frozen=True, slots=True)
class Page:
    """Found entries, newest first, and the cursor of the next page (None on the last)."""

    entries: tuple[Entry, ...]
    cursor: str | None


class Reader:
    """Reads one log."""

    def __init__(self, database: Database, subjects: Subjects | None, epoch: int) -> None:
        self._database, self._subjects, self._epoch = database, subjects, epoch
        self._erasures = -1

    @property
    def epoch(self) -> int:
        """Which of the database's logs is read."""
        return self._epoch

    def size(self) -> int:
        """Return how many entries the log has."""
        with self._database.read() as connection:
            return store.read_head(connection, self._epoch).size

    def entry(self, index: int) -> Entry:
        """Return one entry; raises `NotRecordedError`."""
        return next(self.entries(index, index + 1), None) or _missing(f"the log has no entry {index}")

    def decision(self, decision_id: str) -> Entry:
        """Return the entry of a decision; raises `NotRecordedError`."""
        wanted = (
            select(store.ENTRY.c.leaf_index)
            .where(store.ENTRY.c.decision_id == decision_id, store.ENTRY.c.epoch == self._epoch)
            .order_by(store.ENTRY.c.leaf_index)
        )
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            _missing("no decision with this id is recorded")
        return self.entry(row.leaf_index)

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[Entry]:
        """Yield the entries [start, end) in order, in batches: a tail that holds no transaction open."""
        end = self.size() if end is None else end
        while start < end:
            with self._database.read() as connection:
                batch = store.entries(connection, self._epoch, start, min(start + _BATCH, end))
            yield from (self._read(stored) for stored in batch)
            if not batch:
                return
            start = batch[-1].index + 1

    def span(self, since: datetime | None = None, until: datetime | None = None) -> range:
        """Return the indexes of what was recorded from `since` on and before `until`."""
        with self._database.read() as connection:
            return range(*self._range(connection, since, until))

    def events(self, kinds: Sequence[str]) -> list[Entry]:
        """Return the entries of the given kinds other than decisions, in order."""
        with self._database.read() as connection:
            return [self._read(stored) for stored in store.events(connection, self._epoch, kinds)]

    def personal(self, entry: Entry) -> Personal:
        """Return the personal part of an entry.

        Raises `ErasedError` once it was erased, `TamperedError` when it is not what the entry committed to,
        `KeysUnavailableError` where the keys of persons are not at hand.
        """
        if self._subjects is None:
            raise KeysUnavailableError("the keys of persons are not at hand, so nothing personal can be read")
        with self._database.read() as connection:
            erasures = store.read_head(connection, self._epoch).erasures
        if erasures != self._erasures:
            self._subjects.forget()
            self._erasures = erasures
        return open_personal(entry.body, entry.sealed, self._subjects)

    def keys(self) -> list[tuple[LogKey, Receipt | None]]:
        """Return the log's keys, the newest last, each with the proof of its entry by the key before it, and by itself.

        The first has none: whoever wants to trust it has it from somewhere else.
        """
        with self._database.read() as connection:
            keys = log_keys(connection, self._epoch)
            notes = [store.checkpoint(connection, self._epoch, key.first + 1) for key in keys]
        return [
            (key, None if note is None or key.first == 0 else self.receipt(key.first, note))
            for key, note in zip(keys, notes, strict=True)
        ]

    def receipt(self, index: int, checkpoint: str) -> Receipt:
        """Return the proof of an entry against a signed checkpoint of this log; raises `NotRecordedError`."""
        size = Checkpoint.of_text(Note.of_text(checkpoint).text).size
        entry = self.entry(index)
        if index >= size:
            _missing("the checkpoint is older than the entry")
        with self._database.read() as connection:
            path = merkle.inclusion_path(index, size, store.nodes(connection, self._epoch))
        return Receipt(entry.body, index, tuple(path), checkpoint)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree of `new` entries continues the tree of `old`."""
        with self._database.read() as connection:
            if new > store.read_head(connection, self._epoch).size:
                _missing(f"the log has not {new} entries yet")
            return merkle.consistency_path(old, new, store.nodes(connection, self._epoch))

    def covering_checkpoint(self, index: int) -> str | None:
        """Return a kept checkpoint that covers an entry, a witnessed one where there is, the newest of them."""
        table = store.CHECKPOINT
        kept = select(table.c.note).where(table.c.epoch == self._epoch, table.c.size > index)
        with self._database.read() as connection:
            row = connection.execute(kept.order_by(table.c.witnessed.desc(), table.c.size.desc()).limit(1)).first()
        return None if row is None else str(row.note)

    def witnessed_checkpoint(self) -> str | None:
        """Return the newest checkpoint that a witness cosigned."""
        table = store.CHECKPOINT
        wanted = select(table.c.note).where(table.c.epoch == self._epoch, table.c.witnessed).limit(1)
        with self._database.read() as connection:
            row = connection.execute(wanted.order_by(table.c.size.desc())).first()
        return row.note if row else None

    def tile(self, path: str) -> bytes:
        """Return the static file at a path such as `tile/0/000.p/12`.

        Raises `TileError` for a malformed path, `NotRecordedError` for a tile that the tree does not have
        (yet).
        """
        tile = tiles.Tile.of_path(path)
        with self._database.read() as connection:
            if not tiles.within(tile, store.read_head(connection, self._epoch).size):
                _missing("the log has no such tile yet")
            if tile.level == tiles.ENTRIES:
                found = store.entries(connection, self._epoch, tile.start, tile.start + tile.width)
                return tiles.entry_bundle(stored.entry for stored in found)
            return tiles.hash_tile(tile, store.nodes(connection, self._epoch))

    def search(
        self,
        wanted: Sequence[str] = (),
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
        limit: int = _PAGE,
    ) -> Page:
        """Return decisions that have all the wanted terms (`outcome:deny`, `rule:...`, `subject:<pseudonym>`).

        Newest first; `since` is inclusive, `until` exclusive. A cursor stays valid while the log grows: it says below
        which entry to go on. Raises `NoteError` for a cursor that is none.
        """
        self.index()
        with self._database.read() as connection:
            low, high = self._range(connection, since, until)
            if cursor is not None:
                high = min(high, decimal(cursor, "cursor"))
            rows = search_index.matching(connection, self._epoch, wanted, range(low, high), limit + 1)
            page = [
                self._read(stored)
                for index in rows[:limit]
                for stored in store.entries(connection, self._epoch, index, index + 1)
            ]
        return Page(tuple(page), str(rows[limit - 1]) if len(rows) > limit else None)

    def index(self) -> None:
        """Bring the search index up to the last entry, in short transactions."""
        search_index.bring_up(self._database, self._epoch)

    def _read(self, stored: Stored) -> Entry:
        return Entry(self._epoch, stored.index, stored.recorded_at, stored.entry, stored.sealed or b"")

    def _range(self, connection: Connection, since: datetime | None, until: datetime | None) -> tuple[int, int]:
        """Return the entries [low, high) of a span of log time, which never goes backwards: by bisection."""
        size = store.read_head(connection, self._epoch).size
        low = 0 if since is None else self._first_at(connection, since, size)
        return low, size if until is None else self._first_at(connection, until, size)

    def _first_at(self, connection: Connection, instant: datetime, size: int) -> int:
        low, high = 0, size
        while low < high:
            middle = (low + high) // 2
            wanted = select(store.ENTRY.c.recorded_at).where(
                store.ENTRY.c.epoch == self._epoch, store.ENTRY.c.leaf_index == middle
            )
            if connection.execute(wanted).scalar_one() < instant:
                low = middle + 1
            else:
                high = middle
        return low


def _missing(message: str) -> NoReturn:
    raise NotRecordedError(message)
