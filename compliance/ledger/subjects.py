"""Persons -> pseudonyms and keys; personal bytes <-> ciphertext. Destroying one key erases one person.

Each subject has a random AES-256-GCM key, kept wrapped by a master key in a store of its own. Sealed bytes are:
version, the key's id (8 bytes), nonce (12), ciphertext with tag. Encrypted are the salt and, under version 1, the
frame, under version 2, the packed frame (`compliance.ledger.packing`). The pseudonym, HMAC-SHA256 over the subject's
id, is authenticated with them, so a ciphertext cannot be attributed to somebody else.
Invariant: a key is durable before anything sealed with it is; without a key service nothing is sealed at all.
"""

from __future__ import annotations

import hmac
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.exc import SQLAlchemyError

from compliance.ledger.commitment import SALT_BYTES
from compliance.ledger.errors import ErasedError, KeysUnavailableError, NotRecordedError, TamperedError
from compliance.ledger.files import read_secret
from compliance.ledger.packing import Packing
from compliance.ledger.randomness import random_bytes
from compliance.storage.keystore import KeyStore, StoredKey

NOBODY = "-"
"""The owner of the key for records that concern no person."""

_PSEUDONYM_KEY = "*"
HOUSE_KEYS = (NOBODY, _PSEUDONYM_KEY)
"""The owners of the keys that belong to no person."""

_PLAIN, _PACKED = b"\x01", b"\x02"
_ID_BYTES, _NONCE_BYTES, _KEY_BYTES, _PSEUDONYM_BYTES = 8, 12, 32, 16


class KeyWrapper(Protocol):
    """What wraps subject keys: a master key held here, or a key management service.

    Both calls raise `KeysUnavailableError` when the service does not answer. `context` is authenticated.
    """

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return `key` encrypted."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the key that was wrapped in the same context."""


class MasterKey:
    """A wrapper whose key is 32 bytes held by this process."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise ValueError("a master key has 32 bytes")
        self._cipher = AESGCM(key)

    @classmethod
    def of_file(cls, path: Path) -> MasterKey:
        """Read the key from a file (hexadecimal); where there is none, make one, with mode 0600."""
        return cls(read_secret(path))

    @classmethod
    def of_text(cls, text: str) -> MasterKey:
        """Read the key from hexadecimal text, such as an environment variable holds."""
        try:
            return cls(bytes.fromhex(text.strip()))
        except ValueError as error:
            raise ValueError("a master key is 64 hexadecimal digits") from error

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Return nonce and ciphertext of `key`."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the key; raises `KeysUnavailableError` when this is not the master key that wrapped it."""
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], context)
        except InvalidTag as error:
            raise KeysUnavailableError("the master key is not the one that wrapped this key") from error


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """An unwrapped key: whose, which one, and ready to use."""

    pseudonym: str
    key_id: bytes
    cipher: AESGCM = field(repr=False)

    def seal(self, plain: bytes, nonce: bytes | None = None, *, packed: bool = False) -> bytes:
        """Return the sealed bytes of `plain`; `nonce` must never have been used with this key.

        `packed` says that what follows the salt in it is packed.
        """
        nonce = nonce or random_bytes(_NONCE_BYTES)
        return (
            (_PACKED if packed else _PLAIN)
            + self.key_id
            + nonce
            + self.cipher.encrypt(nonce, plain, self.pseudonym.encode())
        )

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed; raises `TamperedError` when it was changed since."""
        try:
            nonce, rest = sealed[9 : 9 + _NONCE_BYTES], sealed[9 + _NONCE_BYTES :]
            return self.cipher.decrypt(nonce, rest, self.pseudonym.encode())
        except (InvalidTag, ValueError) as error:
            raise TamperedError("the personal part is not what was sealed") from error


class Subjects:
    """Pseudonyms and keys of persons, over a key store; safe to use from several threads."""

    def __init__(
        self, store: KeyStore, wrapper: KeyWrapper, cache_limit: int = 20_000, packing: Packing | None = None
    ) -> None:
        self._store, self._wrapper, self._limit = store, wrapper, cache_limit
        self.packing = packing if packing is not None else Packing(_no_dictionary)
        """What personal parts are packed with."""
        self._cache: OrderedDict[str, SubjectKey] = OrderedDict()
        self._names: dict[str, str] = {}
        """Pseudonyms by the subject's id. Invariant: whoever drops a key drops all of them."""
        self._lock = threading.Lock()
        self._pseudonyms: hmac.HMAC | None = None

    def pseudonym(self, subject_id: str | None) -> str:
        """Return the 32 hexadecimal digits that stand for a person in the whole log (`-` for none)."""
        if subject_id is None:
            return NOBODY
        found = self._names.get(subject_id)
        if found is None:
            found = self._keyed(subject_id.encode())[:_PSEUDONYM_BYTES].hex()
            if len(self._names) >= self._limit:
                self._names.clear()
            self._names[subject_id] = found
        return found

    def can_name(self) -> bool:
        """Say whether the key of the pseudonyms exists and can be unwrapped; makes none."""
        try:
            return bool(
                [self._wrapper.unwrap(key.wrapped, key.context) for key in self._found([_PSEUDONYM_KEY]).values()]
            )
        except KeysUnavailableError:
            return False

    def blind(self, purpose: str, value: bytes) -> bytes:
        """Return 32 bytes that stand for a value (an idempotency key, a request) and tell nothing about it."""
        return self._keyed(b"\x00" + purpose.encode() + b"\x00" + value)

    @staticmethod
    def pseudonym_of(entry: bytes) -> str:
        """Return whose personal part belongs to an entry."""
        subject = json.loads(entry)["subject"]
        return NOBODY if subject is None else str(subject)

    def keys(self, pseudonyms: Iterable[str]) -> Mapping[str, SubjectKey]:
        """Return a durable key for each pseudonym, making those that do not exist, in one transaction.

        Raises `KeysUnavailableError` when the store or the key service does not answer.
        """
        wanted = dict.fromkeys(pseudonyms)
        found = self._cached(wanted)
        missing = [name for name in wanted if name not in found]
        if missing:
            fetched = {stored.owner: self._unwrapped(stored) for stored in self._stored(missing)}
            self._remember(fetched)
            found |= fetched
        return found

    def _cached(self, wanted: Iterable[str]) -> dict[str, SubjectKey]:
        cache, found = self._cache, {}
        with self._lock:
            for name in wanted:
                key = cache.get(name)
                if key is not None:
                    cache.move_to_end(name)
                    found[name] = key
        return found

    def fetch(self, pseudonyms: Iterable[str]) -> None:
        """Unwrap the keys that exist, all at once, for records that are about to be opened; makes none."""
        with self._lock:
            # In order: neighbours lie on the same page of the store.
            wanted = sorted(name for name in pseudonyms if name not in self._cache)
        unwrapped: dict[str, SubjectKey] = {}
        for name, stored in self._found(wanted).items():
            try:
                unwrapped[name] = self._unwrapped(stored)
            except KeysUnavailableError:  # said by `open`, of the record
                continue
        self._remember(unwrapped)

    def open(self, pseudonym: str, sealed: bytes) -> bytes:
        """Return what was sealed for a pseudonym, unpacked.

        Raises `ErasedError` when its key was destroyed, `TamperedError` when the bytes were changed.
        """
        if sealed[:1] not in {_PLAIN, _PACKED} or len(sealed) < 1 + _ID_BYTES + _NONCE_BYTES + 16:
            raise TamperedError("the personal part is not what was sealed")
        with self._lock:
            key = self._cache.get(pseudonym)
        if key is None or key.key_id != sealed[1:9]:
            stored = self._found([pseudonym]).get(pseudonym)
            if stored is None or stored.key_id != sealed[1:9]:
                raise ErasedError("the personal part of this record was erased")
            key = self._unwrapped(stored)
            self._remember({pseudonym: key})
        plain = key.open(sealed)
        if sealed[:1] == _PLAIN:
            return plain
        return plain[:SALT_BYTES] + self.packing.unpack(plain[SALT_BYTES:])

    def erase(self, pseudonym: str) -> bool:
        """Destroy a person's key, durably; says whether there was one."""
        with self._lock:
            self._cache.pop(pseudonym, None)
        self._names.clear()
        try:
            return self._store.destroy(pseudonym)
        except SQLAlchemyError as error:
            raise KeysUnavailableError("the key store does not answer") from error

    def forget(self) -> None:
        """Drop every unwrapped key from memory: another node has erased somebody."""
        with self._lock:
            self._cache.clear()
        self._names.clear()

    def _keyed(self, value: bytes) -> bytes:
        """Return the HMAC of a value under the key of the pseudonyms."""
        if self._pseudonyms is None:
            stored = next(iter(self._stored([_PSEUDONYM_KEY])))
            self._pseudonyms = hmac.new(self._wrapper.unwrap(stored.wrapped, stored.context), digestmod="sha256")
        # A copy keeps the interpreter's lock, which `hmac.digest` lets go of each time: see `ledger.hashing`.
        made = self._pseudonyms.copy()
        made.update(value)
        return made.digest()

    def _found(self, owners: list[str]) -> dict[str, StoredKey]:
        try:
            return self._store.find(owners)
        except SQLAlchemyError as error:
            raise KeysUnavailableError("the key store does not answer") from error

    def _stored(self, owners: list[str]) -> Iterable[StoredKey]:
        """Return a stored key for each owner; the store, not this process, decides who was first."""
        found = self._found(owners)
        fresh = [self._wrapped(owner) for owner in owners if owner not in found]
        if fresh:
            try:
                found |= self._store.add(fresh)
            except SQLAlchemyError as error:
                raise KeysUnavailableError("the key store does not answer") from error
        return found.values()

    def _wrapped(self, owner: str) -> StoredKey:
        key_id = os.urandom(_ID_BYTES)
        blank = StoredKey(owner, key_id, b"")
        return StoredKey(owner, key_id, self._wrapper.wrap(os.urandom(_KEY_BYTES), blank.context))

    def _unwrapped(self, stored: StoredKey) -> SubjectKey:
        key = self._wrapper.unwrap(stored.wrapped, stored.context)
        return SubjectKey(stored.owner, stored.key_id, AESGCM(key))

    def _remember(self, keys: Mapping[str, SubjectKey]) -> None:
        with self._lock:
            self._cache.update(keys)
            while len(self._cache) > self._limit:
                self._cache.popitem(last=False)


def _no_dictionary(_: bytes) -> bytes:
    raise NotRecordedError("no dictionary is stored")
