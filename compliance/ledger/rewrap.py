"""A new master key: every subject key is wrapped anew, and an entry says so. Ciphertexts and proofs stay as they are.

Whatever was copied of the store of keys before (backups, PostgreSQL's write-ahead log) is worthless once the old master
key is destroyed. Invariant: the keys change in one transaction, then the log says by whom and why, and then the new
master key takes the old one's place: what is interrupted is completed by doing it again, and is never unrecorded.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import inspect

from compliance.ledger import store
from compliance.ledger.entry import DecisionRecord
from compliance.ledger.errors import KeysUnavailableError, RefusedError
from compliance.ledger.files import read_secret
from compliance.ledger.four_eyes import stood_for
from compliance.ledger.keyring import MASTER_KIND, next_path
from compliance.ledger.ledger import Ledger
from compliance.ledger.opening import open_log
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.subjects import KeyWrapper, MasterKey
from compliance.storage.database import Database
from compliance.storage.keystore import KeyStore, StoredKey, stored_in

_SECONDS = 60.0


def rewrap(settings: LedgerSettings, reason: str, persons: tuple[str, str], new: KeyWrapper | None = None) -> int:
    """Wrap every key with `new`, or with a new key that takes the place of the file `master.key`; returns how many.

    The settings' origin does not matter. Raises `RefusedError` unless two persons stand for it and say why, while a
    node has the store open, since it would go on with the old key, and where there is no store, or no key to sign the
    entry with; `LedgerError` when nothing can be appended to the log, `KeysUnavailableError` when a key is wrapped by
    neither master key: then nothing has changed.
    """
    said = stood_for("a new master key", persons, reason)
    path = settings.folder / "master.key"
    if (settings.wrapper is None) != (new is None):
        raise RefusedError("both master keys come from the environment, or both from the folder")
    keys = Database(settings.keystore, secure_delete=True)
    try:
        if not stored_in(keys):
            raise RefusedError("no keys of persons are stored there")
        if not keys.alone():
            raise RefusedError("a node has the store of keys open: stop every node first")
        named = _can_be_noted(settings)
        old = settings.wrapper or MasterKey(read_secret(path, make=False))
        target = new or MasterKey(read_secret(next_path(path)))
        count = KeyStore(keys, exists=True).rewrap(lambda stored: _wrapped(stored, old, target))
    finally:
        keys.close()
    _note(replace(named, wrapper=target), {**said, "keys": count})
    if new is None:
        next_path(path).replace(path)
    return count


def _can_be_noted(settings: LedgerSettings) -> LedgerSettings:
    """Return the settings with the log's own name, after seeing that the log can be appended to."""
    database = Database(settings.database_url, read_only=True)
    try:
        has_log = inspect(database.engine).has_table(store.LOG.name)
        with database.read() as connection:
            newest = store.newest_log(connection) if has_log else None
    finally:
        database.close()
    if newest is None or not settings.signing_path.is_file():
        raise RefusedError("there is no log, or no key to sign it with, so that the change could not be recorded")
    named = replace(settings, origin=newest[1])
    open_log(named).close()
    return named


def _note(settings: LedgerSettings, public: dict[str, object]) -> None:
    """Have the log say that the master key was changed."""
    ledger = Ledger.open(settings)
    try:
        ledger.append(DecisionRecord(public, {}, None, "", b"", b"", MASTER_KIND)).result(_SECONDS)
    finally:
        ledger.close()


def _wrapped(stored: StoredKey, old: KeyWrapper, new: KeyWrapper) -> bytes:
    try:
        new.unwrap(stored.wrapped, stored.context)
    except KeysUnavailableError:
        return new.wrap(old.unwrap(stored.wrapped, stored.context), stored.context)
    return stored.wrapped  # done before an interruption
