"""A database and the checkpoint that was kept outside it -> where they part, and a new log that goes on from there.

Invariant: to explain changes nothing. To go on takes two persons and a reason, and what was signed before is the first
thing that the new log states: receipts of the old one stay valid, and nobody can say that there was none.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from compliance.ledger import kept, merkle, store
from compliance.ledger.archive import open_archive
from compliance.ledger.checkpoint import Checkpoint, verified
from compliance.ledger.errors import LedgerForkedError, NotRecordedError, RefusedError
from compliance.ledger.four_eyes import stood_for
from compliance.ledger.keyring import log_keys, signer_in, signer_of
from compliance.ledger.note import Note, NoteError, Verifier
from compliance.ledger.opening import check_signed, start_log
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.subjects import MasterKey, Subjects
from compliance.storage.database import Database
from compliance.storage.keystore import KeyStore
from compliance.storage.migration import migrate


@dataclass(frozen=True, slots=True)
class Fork:
    """What the file and the database say, where they do not agree."""

    reason: str
    file: Path
    written_at: datetime
    """When the checkpoint was put into the file, by the file system's clock."""
    signed: Checkpoint | None
    """What was signed; None where nothing can be read in the file."""
    stored_origin: str | None = None
    stored_size: int = 0
    stored_root: bytes = merkle.EMPTY_ROOT
    stored_until: datetime | None = None
    """The log time of the newest entry that is stored."""
    root_then: bytes | None = None
    """The root over as many stored entries as were signed for; None where there are fewer."""

    @property
    def missing(self) -> range:
        """The indexes of entries that were signed for and are not stored."""
        signed = 0 if self.signed is None else self.signed.size
        return range(min(self.stored_size, signed), signed)


def find_fork(settings: LedgerSettings) -> Fork | None:
    """Say where the database and the checkpoint in the file disagree; None when they agree.

    Raises `NotRecordedError` when there is neither log nor checkpoint, `LedgerError` when the database does not answer.
    """
    note = kept.newest(settings.checkpoint_path)
    try:
        archive = open_archive(settings)
    except NotRecordedError:
        if note is None:
            raise
        return _fork(settings, note, "the database holds no log, but a checkpoint was signed")
    try:
        with archive.database.read() as connection:
            return None if note is None else _compared(connection, settings, note)
    finally:
        archive.close()


def new_epoch(settings: LedgerSettings, reason: str, persons: tuple[str, str], *, force: bool = False) -> Checkpoint:
    """Start a new log, under the origin in `settings`, whose first entry states the last checkpoint of the old one.

    Returns its first checkpoint. Raises `RefusedError` unless two different persons stand for it and say why, when the
    origin was used before, while a node has the database open, and, but with `force`, when nothing is wrong.
    """
    said = stood_for("a new epoch", persons, reason)
    if find_fork(settings) is None and not force:
        raise RefusedError("nothing is wrong with the log: only by force does another begin")
    database = Database(settings.database_url)
    keys = Database(settings.keystore, secure_delete=True)
    try:
        if not database.alone():
            raise RefusedError("a node has the database open: stop every node first")
        migrate(database)
        wrapper = settings.wrapper or MasterKey.of_file(settings.folder / "master.key")
        subjects = Subjects(KeyStore(keys), wrapper)
        signer = signer_of(settings)
        with database.write() as connection:
            store.lock(connection)
            if settings.origin in store.origins(connection):
                raise RefusedError(f"the origin `{settings.origin}` was used before: a new epoch needs a new one")
            newest = store.newest_log(connection)
            epoch = newest[0] + 1 if newest else 1
            previous = kept.newest(settings.checkpoint_path)
            public = {"previous": previous, **said}
            head = start_log(connection, epoch, signer, subjects, settings.clock(), public)
        first = Checkpoint(settings.origin, head.size, head.root)
        kept.keep(settings.checkpoint_path, str(first.signed([signer])), durable=True)
        return first
    finally:
        database.close()
        keys.close()


def _compared(connection: Connection, settings: LedgerSettings, note: str) -> Fork | None:
    newest = store.newest_log(connection)
    if newest is None:
        return _fork(settings, note, "the database holds no log, but a checkpoint was signed")
    head = store.read_head(connection, newest[0])
    try:
        signed = verified(note, _known_keys(connection, settings, newest[0])).checkpoint
        check_signed(connection, newest, head, signed)
    except NoteError as error:
        return _fork(settings, note, f"the checkpoint file is not signed by this log: {error}", connection)
    except LedgerForkedError as error:
        return _fork(settings, note, str(error), connection)
    return None


def _known_keys(connection: Connection, settings: LedgerSettings, newest: int) -> list[Verifier]:
    found = [key.verifier for epoch in range(1, newest + 1) for key in log_keys(connection, epoch)]
    with suppress(FileNotFoundError):
        found.append(signer_in(settings, settings.signing_path).verifier)
    return found


def _fork(settings: LedgerSettings, note: str, reason: str, connection: Connection | None = None) -> Fork:
    path = kept.place(settings.checkpoint_path)
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    signed: Checkpoint | None = None
    with suppress(NoteError):
        signed = Checkpoint.of_text(Note.of_text(note).text)
    newest = None if connection is None else store.newest_log(connection)
    if connection is None or newest is None:
        return Fork(reason, path, written_at, signed)
    # The log that was signed, if it is stored at all, is the one to compare with.
    epoch, origin = next(
        ((number, name) for name, number in store.origins(connection).items() if signed and name == signed.origin),
        newest,
    )
    head = store.read_head(connection, epoch)
    then = None
    if signed is not None and 0 < signed.size <= head.size:
        then = merkle.root(signed.size, store.nodes(connection, epoch))
    return Fork(reason, path, written_at, signed, origin, head.size, head.root, head.recorded_at, then)
