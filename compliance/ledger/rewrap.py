"""A new master key: every subject key is wrapped anew. Ciphertexts, entries and proofs stay as they are.

Whatever was copied of the store of keys before (backups, PostgreSQL's write-ahead log) is worthless once the old master
key is destroyed. Invariant: the keys change in one transaction, before the new master key takes the old one's place:
what is interrupted is completed by doing it again.
"""

from __future__ import annotations

from compliance.ledger.errors import KeysUnavailableError, RefusedError
from compliance.ledger.files import read_secret
from compliance.ledger.keyring import next_path
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.subjects import KeyWrapper, MasterKey
from compliance.storage.database import Database
from compliance.storage.keystore import KeyStore, StoredKey, stored_in


def rewrap(settings: LedgerSettings, new: KeyWrapper | None = None) -> int:
    """Wrap every key with `new`, or with a new key that takes the place of the file `master.key`; returns how many.

    Raises `RefusedError` while a node has the store open, since it would go on with the old key, and where there is no
    store; `KeysUnavailableError` when a key is wrapped by neither master key: then nothing has changed.
    """
    path = settings.folder / "master.key"
    if (settings.wrapper is None) != (new is None):
        raise RefusedError("both master keys come from the environment, or both from the folder")
    keys = Database(settings.keystore, secure_delete=True)
    try:
        if not stored_in(keys):
            raise RefusedError("no keys of persons are stored there")
        if not keys.alone():
            raise RefusedError("a node has the store of keys open: stop every node first")
        old = settings.wrapper or MasterKey(read_secret(path, make=False))
        target = new or MasterKey(read_secret(next_path(path)))
        count = KeyStore(keys, exists=True).rewrap(lambda stored: _wrapped(stored, old, target))
    finally:
        keys.close()
    if new is None:
        next_path(path).replace(path)
    return count


def _wrapped(stored: StoredKey, old: KeyWrapper, new: KeyWrapper) -> bytes:
    try:
        new.unwrap(stored.wrapped, stored.context)
    except KeysUnavailableError:
        return new.wrap(old.unwrap(stored.wrapped, stored.context), stored.context)
    return stored.wrapped  # done before an interruption
