"""Settings -> the stored logs of a database, opened to be read: by an auditor, beside a service or without one.

Every epoch is there, not only the one that is appended to. The keys of persons are optional: whoever has the database
alone can prove everything and read nothing about anybody.
Invariant: nothing is written, nothing is made that was not there, and a log that forked can be opened like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from compliance.ledger import kept, store
from compliance.ledger.errors import LedgerError, NotRecordedError
from compliance.ledger.files import read_secret
from compliance.ledger.opening import packing_of
from compliance.ledger.reading import Entry, Reader
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.subjects import HOUSE_KEYS, KeyWrapper, MasterKey, Subjects
from compliance.storage.database import Database
from compliance.storage.keystore import KeyStore, stored_in


@dataclass(frozen=True, slots=True)
class Archive:
    """The stored logs, by epoch; made by `open_archive`, ended by `close`."""

    database: Database
    keys: Database | None
    keystore: KeyStore | None
    subjects: Subjects | None
    """None where the master key or the store of subject keys is not at hand."""
    origins: Mapping[int, str]
    checkpoint: str | None
    """The newest signed checkpoint, as the file outside the database has it."""

    @property
    def epoch(self) -> int:
        """The newest epoch: the one that is appended to."""
        return max(self.origins)

    @property
    def persons(self) -> int | None:
        """How many persons have a key; None where the store of subject keys is not at hand."""
        if self.keystore is None:
            return None
        return self.keystore.owners() - len(self.keystore.find(HOUSE_KEYS))

    def reader(self, epoch: int | None = None) -> Reader:
        """Return a reader of one epoch, by default the newest; it must not be asked to search."""
        return Reader(self.database, self.subjects, self.epoch if epoch is None else epoch)

    def entries(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[Entry]:
        """Yield the entries of every epoch recorded from `since` on and before `until`, in order."""
        for epoch in sorted(self.origins):
            reader = self.reader(epoch)
            span = reader.span(since, until)
            yield from reader.entries(span.start, span.stop)

    def count(self, since: datetime | None = None, until: datetime | None = None) -> int:
        """Return how many entries `entries` yields."""
        return sum(len(self.reader(epoch).span(since, until)) for epoch in self.origins)

    def ruleset(self, digest: str) -> bytes:
        """Return the source of a ruleset; raises `NotRecordedError` when it was never stored."""
        with self.database.read() as connection:
            return store.ruleset(connection, digest)

    def close(self) -> None:
        """Close both databases."""
        self.database.close()
        if self.keys is not None:
            self.keys.close()


def open_archive(settings: LedgerSettings) -> Archive:
    """Open what the settings name; their origin does not matter.

    Raises `NotRecordedError` when there is no log, `LedgerError` when the database does not answer or a key file holds
    no key.
    """
    try:
        with ExitStack() as on_failure:
            database = _existing(settings.database_url)
            origins = {} if database is None else _origins(database, on_failure)
            if database is None or not origins:
                raise NotRecordedError("no log is stored there")
            wrapper = _wrapper(settings)
            keys = _existing(settings.keystore)
            if keys is not None:
                on_failure.callback(keys.close)
            keystore = KeyStore(keys, exists=True) if keys is not None and stored_in(keys) else None
            at_hand = None
            if keystore is not None and wrapper is not None:
                at_hand = Subjects(keystore, wrapper, settings.cache_limit, packing_of(database))
            outside = kept.newest(settings.checkpoint_path)
            on_failure.pop_all()
            return Archive(database, keys, keystore, at_hand, origins, outside)
    except SQLAlchemyError as error:
        raise LedgerError("the database does not answer, or is no database") from error


def _origins(database: Database, on_failure: ExitStack) -> dict[int, str]:
    on_failure.callback(database.close)
    if not inspect(database.engine).has_table(store.LOG.name):
        return {}
    with database.read() as connection:
        return {epoch: origin for origin, epoch in store.origins(connection).items()}


def _existing(url: str) -> Database | None:
    """Return a database that is there; None for a file that is not."""
    opened = Database(url, read_only=True)
    if not opened.is_postgresql and not Path(opened.url.database or "").is_file():
        opened.close()
        return None
    return opened


def _wrapper(settings: LedgerSettings) -> KeyWrapper | None:
    if settings.wrapper is not None:
        return settings.wrapper
    path = settings.folder / "master.key"
    try:
        return MasterKey(read_secret(path)) if path.is_file() else None
    except ValueError as error:
        raise LedgerError(str(error)) from error
