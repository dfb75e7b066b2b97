"""Settings -> an open log: its database, keys and epoch, checked against the newest checkpoint kept outside it.

A log starts with an entry of kind `log` that states its origin and its key, and, in a later epoch, the last checkpoint
of the one before.
Invariant: a database that does not continue the checkpoint in the file is not appended to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from compliance.ledger import kept, merkle, store
from compliance.ledger.checkpoint import Checkpoint, verified
from compliance.ledger.committer import check_continues
from compliance.ledger.entry import DecisionRecord, seal, stamped
from compliance.ledger.errors import LedgerError, LedgerForkedError
from compliance.ledger.keyring import LOG_KIND, Keyring, log_keys, signer_of
from compliance.ledger.note import NoteError, Signer
from compliance.ledger.packing import Packing
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.store import Head
from compliance.ledger.subjects import NOBODY, MasterKey, Subjects
from compliance.ledger.tree import Edge
from compliance.storage.database import Database
from compliance.storage.keystore import KeyStore
from compliance.storage.migration import migrate


@dataclass(frozen=True, slots=True)
class Opened:
    """A log that may be appended to."""

    settings: LedgerSettings
    database: Database
    keys: Database
    subjects: Subjects
    keyring: Keyring
    epoch: int
    trusted: Checkpoint | None

    def close(self) -> None:
        """Close both databases."""
        self.database.close()
        self.keys.close()


def open_log(settings: LedgerSettings) -> Opened:
    """Migrate, read the keys, check for a fork; in an empty database start the log.

    Raises `LedgerForkedError` when the database does not continue the checkpoint in the file, `LedgerError` when it is
    another log or signed with another key.
    """
    settings.folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    keys = Database(settings.keystore, secure_delete=True)
    try:
        migrate(database)
        wrapper = settings.wrapper or MasterKey.of_file(settings.folder / "master.key")
        subjects = Subjects(KeyStore(keys), wrapper, settings.cache_limit, packing_of(database))
        keyring = Keyring(settings)
        with database.write() as connection:
            store.lock(connection)
            epoch, trusted = _continued(connection, settings, keyring, subjects)
        keyring.promote()
    except BaseException:
        database.close()
        keys.close()
        raise
    return Opened(settings, database, keys, subjects, keyring, epoch, trusted)


def packing_of(database: Database) -> Packing:
    """Return what unpacks with the dictionaries of a database."""

    def find(name: bytes) -> bytes:
        with database.read() as connection:
            return store.dictionary(connection, name)

    return Packing(find)


def _continued(
    connection: Connection, settings: LedgerSettings, keyring: Keyring, subjects: Subjects
) -> tuple[int, Checkpoint | None]:
    newest = store.newest_log(connection)
    signed = _signed(settings, connection, newest)
    if newest is None:
        if signed is not None:
            raise LedgerForkedError(f"the database is empty, but a checkpoint over {signed.size} entries was signed")
        start_log(connection, 1, keyring.newest, subjects, settings.clock(), {})
        keyring.load(log_keys(connection, 1))
        return 1, None
    epoch, origin = newest
    if origin != settings.origin:
        raise LedgerError(f"the database holds the log `{origin}`, not `{settings.origin}`")
    if signed is not None:
        check_signed(connection, newest, store.read_head(connection, epoch), signed)
    keyring.load(log_keys(connection, epoch))
    return epoch, signed if signed is not None and signed.origin == origin else None


def _signed(settings: LedgerSettings, connection: Connection, newest: tuple[int, str] | None) -> Checkpoint | None:
    """Return the checkpoint in the file, None where there is none; one that nobody signed counts as a fork."""
    note = kept.newest(settings.checkpoint_path)
    if note is None:
        return None
    known = [signer_of(settings).verifier]
    if newest is not None:
        for epoch in range(1, newest[0] + 1):
            known += [key.verifier for key in log_keys(connection, epoch)]
    try:
        return verified(note, known).checkpoint
    except NoteError as error:
        raise LedgerForkedError(f"the checkpoint file is not signed by this log: {error}") from error


def check_signed(connection: Connection, newest: tuple[int, str], head: Head, signed: Checkpoint) -> None:
    """Raise `LedgerForkedError` unless the stored log continues the signed one, or a later epoch follows it."""
    known = store.origins(connection)
    if signed.origin not in known:
        raise LedgerForkedError(f"the database does not hold the log `{signed.origin}` that was signed")
    if known[signed.origin] == newest[0]:
        check_continues(connection, newest[0], head, signed)


def start_log(
    connection: Connection,
    epoch: int,
    signer: Signer,
    subjects: Subjects,
    at: datetime,
    public: Mapping[str, Any],
) -> Head:
    """Write the first entry of a log."""
    stated = {"origin": signer.name, "vkey": signer.verifier.vkey(), **public}
    record = DecisionRecord(stated, {}, None, "", b"", b"", LOG_KIND)
    sealed = seal(record, NOBODY, subjects.keys([NOBODY])[NOBODY])
    entry = sealed.at(stamped(at))
    growth = Edge(0, ()).grow([merkle.leaf_hash(entry)])
    head = Head(growth.size, growth.root, at, 0)
    store.open_log(connection, epoch, signer.name, head)
    store.add_entries(connection, epoch, at, [(0, LOG_KIND, None, entry, sealed.sealed)])
    return head
