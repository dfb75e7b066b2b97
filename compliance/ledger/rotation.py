"""A new signing key for a log that goes on: an entry states it, and the tree that it makes is signed by both keys.

Invariant: entry and doubly signed checkpoint are one transaction, so there is no rotation that an outsider who holds
the old key cannot follow. What is interrupted is completed by whoever opens the log next.
"""

from __future__ import annotations

from compliance.ledger import kept, merkle, store
from compliance.ledger.archive import open_archive
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.entry import DecisionRecord, seal, stamped
from compliance.ledger.errors import LedgerForkedError
from compliance.ledger.four_eyes import stood_for
from compliance.ledger.keyring import KEY_KIND, LogKey, log_keys, next_path, signer_in
from compliance.ledger.note import Signer, Verifier
from compliance.ledger.opening import Opened, open_log
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.store import Head
from compliance.ledger.subjects import NOBODY


def prepare(settings: LedgerSettings) -> Verifier:
    """Make the next key, unless it is there, in `<key file>.next`; returns its public half. The log does not change."""
    return _next(settings).verifier


def rotate(settings: LedgerSettings, reason: str, persons: tuple[str, str]) -> list[LogKey]:
    """Have the next key sign from now on; returns the log's keys, the newest last.

    Nodes that run take the new key over with their next record, from `<key file>.next` or the key file. Raises
    `RefusedError` unless two persons stand for it and say why, `LedgerForkedError` when the log is not the one that was
    signed, `NotRecordedError` when there is no log.
    """
    said = stood_for("a new signing key", persons, reason)
    if kept.newest(settings.checkpoint_path) is None:
        open_archive(settings).close()  # or a wrong folder would begin a log
    opened = open_log(settings)
    try:
        note = _appended(opened, _next(settings), said)
        kept.keep(settings.checkpoint_path, note, durable=True)
        with opened.database.read() as connection:
            keys = log_keys(connection, opened.epoch)
        opened.keyring.load(keys)
        opened.keyring.promote()
        return keys
    finally:
        opened.close()


def _next(settings: LedgerSettings) -> Signer:
    return signer_in(settings, next_path(settings.signing_path), make=True)


def _appended(opened: Opened, new: Signer, said: dict[str, object]) -> str:
    """Append the entry and keep the checkpoint that both keys sign; returns it."""
    old = opened.keyring.newest
    public = {"vkey": new.verifier.vkey(), "previous": old.verifier.vkey(), **said}
    sealed = seal(
        DecisionRecord(public, {}, None, "", b"", b"", KEY_KIND), NOBODY, opened.subjects.keys([NOBODY])[NOBODY]
    )
    with opened.database.write() as connection:
        store.lock(connection)
        head = store.read_head(connection, opened.epoch)
        edge = store.read_edge(connection, opened.epoch, head.size)
        if edge.root() != head.root:
            raise LedgerForkedError("the stored entries do not give the root that the log states")
        at = max(opened.settings.clock(), head.recorded_at)
        entry = sealed.at(stamped(at))
        growth = edge.grow([merkle.leaf_hash(entry)])
        store.add_entries(connection, opened.epoch, at, [(head.size, KEY_KIND, None, entry, sealed.sealed)])
        store.add_tiles(connection, opened.epoch, growth.tiles)
        store.write_head(connection, opened.epoch, Head(growth.size, growth.root, at, head.erasures))
        # Nobody sees the signatures before the transaction that they are in.
        note = str(Checkpoint(old.name, growth.size, growth.root).signed([old, new]))
        store.add_checkpoint(connection, opened.epoch, growth.size, note, at, witnessed=False)
    return note
