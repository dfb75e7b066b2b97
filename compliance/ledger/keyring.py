"""The log's own entries and the key files -> which key signs, and signed, for which sizes of the tree.

The first entry states the log's first key; each entry of kind `key` states the next. Invariant: a key signs for trees
from the one that its entry made up to the one that the entry of the next key made, which both sign: whoever trusts
either key finds the other in an entry that the key he trusts has signed for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from compliance.ledger import store
from compliance.ledger.entry import stamped
from compliance.ledger.errors import LedgerUnavailableError
from compliance.ledger.files import read_secret
from compliance.ledger.note import Signer, Verifier, checked_name
from compliance.ledger.settings import LedgerSettings

LOG_KIND, KEY_KIND = "log", "key"
MASTER_KIND = "master-key"
"""The kind of the entry that says that the keys of persons were wrapped with a new master key."""


class KeyMissingError(LedgerUnavailableError):
    """The log is signed with another key than any that is at hand (503): put the key file in its place."""


@dataclass(frozen=True, slots=True)
class KeySpan:
    """A public key of the log: which entry states it, which one states its successor (None while it is in use)."""

    verifier: Verifier
    first: int
    last: int | None

    def signs(self, size: int) -> bool:
        """Say whether a tree of `size` is for this key to sign."""
        return self.first < size and (self.last is None or size <= self.last + 1)


@dataclass(frozen=True, slots=True)
class LogKey(KeySpan):
    """A key as the log states it, and since when."""

    since: datetime


def log_keys(connection: Connection, epoch: int) -> list[LogKey]:
    """Return every key of the log, the newest last, as its own entries state them.

    Raises `ValueError`, `KeyError` or `TypeError` when an entry does not state a key.
    """
    found = store.events(connection, epoch, [LOG_KIND, KEY_KIND])
    ends = [stored.index for stored in found[1:]] + [None]
    return [
        LogKey(Verifier.of_vkey(json.loads(stored.entry)["public"]["vkey"]), stored.index, end, stored.recorded_at)
        for stored, end in zip(found, ends, strict=True)
    ]


def verifiers_at(keys: Iterable[KeySpan], size: int) -> list[Verifier]:
    """Return the keys that may sign for a tree of `size`."""
    return [key.verifier for key in keys if key.signs(size)]


def keys_document(keys: Iterable[tuple[LogKey, object]]) -> dict[str, Any]:
    """Return the keys of a log as they are handed out: what each signs for, and the receipt that leads to it."""
    listed = [
        {
            "vkey": key.verifier.vkey(),
            "from_size": key.first + 1,
            "to_size": None if key.last is None else key.last + 1,
            "since": stamped(key.since),
            "handover": None if receipt is None else str(receipt),
        }
        for key, receipt in keys
    ]
    return {"keys": listed}


class Keyring:
    """The private keys at hand; `newest` signs."""

    def __init__(self, settings: LedgerSettings) -> None:
        self._settings = settings
        self.newest: Signer = signer_of(settings)
        self.keys: list[LogKey] = []
        self._at_hand: dict[Verifier, Signer] = {self.newest.verifier: self.newest}

    @property
    def since(self) -> int:
        """The index of the entry that states the newest key."""
        return self.keys[-1].first if self.keys else 0

    def load(self, keys: Sequence[LogKey]) -> None:
        """Take the keys that the log states; raises `KeyMissingError` when the newest is not at hand."""
        path = self._settings.signing_path
        # Read twice: while another process puts the next key in its place, one of the names is not there.
        for place in [path, next_path(path), *path.parent.glob(f"{path.name}.????????"), path]:
            with suppress(FileNotFoundError):
                found = signer_in(self._settings, place)
                self._at_hand[found.verifier] = found
        if keys[-1].verifier not in self._at_hand:
            raise KeyMissingError("the log is signed with another key than the one in the key file")
        self.keys, self.newest = list(keys), self._at_hand[keys[-1].verifier]

    def at(self, size: int) -> Signer | None:
        """Return the newest key that signs, or signed, for a tree of `size`; None when it is not at hand any more."""
        for key in reversed(self.keys):
            if key.signs(size):
                return self._at_hand.get(key.verifier)
        return None

    def promote(self) -> None:
        """Put the newest key in the place of the one before it, which is kept under its id."""
        path = self._settings.signing_path
        waiting = next_path(path)
        with suppress(FileNotFoundError):  # nothing waits, or another process was faster
            if signer_in(self._settings, waiting).verifier != self.newest.verifier:
                return
            old = signer_in(self._settings, path).verifier
            if old != self.newest.verifier:
                with suppress(FileExistsError):
                    path.with_name(f"{path.name}.{old.key_id.hex()}").hardlink_to(path)
            waiting.replace(path)


def signer_of(settings: LedgerSettings) -> Signer:
    """Return the signing key in the key file, by the log's origin; made on first start."""
    return signer_in(settings, settings.signing_path, make=True)


def next_path(path: Path) -> Path:
    """Return where the key waits that is to come after the one in `path`."""
    return path.with_name(f"{path.name}.next")


def signer_in(settings: LedgerSettings, path: Path, *, make: bool = False) -> Signer:
    """Return the signing key in a file; raises `FileNotFoundError` when there is none and none is to be made."""
    seed = read_secret(path, make=make)
    return Signer(checked_name(settings.origin), Ed25519PrivateKey.from_private_bytes(seed))
