"""What is to be recorded -> the bytes of a log entry, and the sealed bytes beside it.

An entry is canonical JSON: a public part in the open, and of the personal part only a salted commitment to its plain
bytes and the digest of its ciphertext. The ciphertext is stored beside the entry, not in it: once the subject's key is
destroyed the entry, its hash and every proof stay exactly as they were.
Invariant: the salt exists nowhere but inside the ciphertext, as its first 32 bytes.
"""

from __future__ import annotations

import json
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec

from compliance.ledger.canonical import Canonical, canonical
from compliance.ledger.commitment import SALT_BYTES, commitment, opens
from compliance.ledger.errors import EntryTooLargeError, TamperedError
from compliance.ledger.hashing import digest
from compliance.ledger.note import decode_base64
from compliance.ledger.randomness import random_bytes
from compliance.ledger.subjects import NOBODY, SubjectKey, Subjects
from compliance.ledger.tiles import MAX_ENTRY_BYTES

FORMAT = b"compliance-entry/1"
DECISION, ERASURE = "decision", "erasure"
PAIRED = "paired_with"
"""Name among the personal facts under which the ledger keeps who the second person is."""
_LENGTH_BYTES = 4
_STAMP_BYTES = len("2026-01-01T00:00:00.000000Z")


# Structs, since each decision makes one of both: making one of these is a tenth of what a frozen dataclass costs.
class DecisionRecord(msgspec.Struct, frozen=True, gc=False):
    """One decision, as the gate hands it over.

    `public` is readable for ever by everybody and must name no person; it carries the decision's `id` and what it is
    searched by (see `terms`). `personal` (facts and all else about the person), `request` and `response` are sealed
    under the subject's key; `response` is what is answered again to the same idempotency key.
    Both parts may be given in their canonical spelling; the name of a decision then has to be given beside it.
    """

    public: Mapping[str, Any] | Canonical
    personal: Mapping[str, Any] | Canonical
    subject_id: str | None
    ruleset_digest: str
    request: bytes
    response: bytes
    kind: str = DECISION
    second: DecisionRecord | None = None
    """The decision on a second subject that the action names, recorded as the next entry. `request` and `response`
    tell of both persons: they are sealed under both keys, so that erasing either erases them."""
    id: str | None = None
    """The decision's name, where `public` is spelt already."""

    @property
    def decision_id(self) -> str | None:
        """The decision's name; None where the record is about something else."""
        if self.id is not None or isinstance(self.public, Canonical):
            return self.id
        return self.public.get("id")


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A caller's own name for a request: unique per owner (an API key's or client's id) for a day.

    `request` is what has to be the same when the name comes again; without it, the recorded request.
    """

    owner: str
    key: str
    request: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Personal:
    """The personal part of an entry, opened."""

    facts: Mapping[str, Any]
    request: bytes
    response: bytes

    @property
    def paired_with(self) -> str | None:
        """The pseudonym of the second person whose key `request` is still sealed with; None where it is plain."""
        return self.facts.get(PAIRED)

    def unpaired(self, plain: bytes) -> Personal:
        """Return it with request and response, which the key of the second person has opened."""
        split = int.from_bytes(plain[:_LENGTH_BYTES], "big") + _LENGTH_BYTES
        facts = {name: value for name, value in self.facts.items() if name != PAIRED}
        return Personal(facts, plain[_LENGTH_BYTES:split], plain[split:])

    def frame(self) -> bytes:
        """Return what is committed to: two lengths (uint32, big-endian), request, response, facts."""
        return _frame(self.request, self.response, canonical(self.facts))

    @classmethod
    def of_frame(cls, frame: bytes) -> Personal:
        """Read framed bytes that were authenticated before."""
        split = 2 * _LENGTH_BYTES
        first = split + int.from_bytes(frame[:_LENGTH_BYTES], "big")
        second = first + int.from_bytes(frame[_LENGTH_BYTES:split], "big")
        return cls(json.loads(frame[second:]), frame[split:first], frame[first:second])


class SealedEntry(msgspec.Struct, frozen=True, gc=False):
    """An entry but for its time, which is only known once the log is locked."""

    kind: str
    decision_id: str | None
    pseudonym: str
    sealed: bytes
    head: bytes
    tail: bytes

    def at(self, stamp: str) -> bytes:
        """Return the bytes of the entry, recorded at the time that `stamp` spells."""
        return b"".join((self.head, stamp.encode(), self.tail))


def seal(record: DecisionRecord, pseudonym: str, key: SubjectKey, second: SubjectKey | None = None) -> SealedEntry:
    """Seal the personal part of a record and make its entry; `second` is the key of the second person, if any.

    Raises as `frame_of` and `seal_frame` do.
    """
    return seal_frame(record, pseudonym, key, frame_of(record, second))


def frame_of(record: DecisionRecord, second: SubjectKey | None = None) -> bytes:
    """Return the personal part of a record as it is committed to; `second` is the key of the second person, if any.

    Raises `CanonicalError` when it holds what a record cannot.
    """
    facts, request, response = record.personal, record.request, record.response
    if second is not None:
        request = second.seal(b"".join((len(request).to_bytes(_LENGTH_BYTES, "big"), request, response)))
        response = b""
        known = json.loads(facts) if isinstance(facts, Canonical) else facts
        facts = {**known, PAIRED: second.pseudonym}
    return _frame(request, response, canonical(facts))


def seal_frame(
    record: DecisionRecord, pseudonym: str, key: SubjectKey, frame: bytes, packed: bytes | None = None
) -> SealedEntry:
    """Make the entry of a record whose personal part is `frame`; `packed` is the same in fewer bytes.

    Raises `EntryTooLargeError` when the public part is too large, `CanonicalError` when it holds what an entry cannot.
    """
    random = random_bytes(SALT_BYTES + 12)
    salt = random[:SALT_BYTES]
    if packed is None:
        sealed = key.seal(salt + frame, random[SALT_BYTES:])
    else:
        sealed = key.seal(salt + packed, random[SALT_BYTES:], packed=True)
    head = b'{"format":"%b","kind":%b,"personal":{"ciphertext":"%b","commitment":"%b"},"public":%b,"recorded_at":"' % (
        FORMAT,
        _spelt(record.kind),
        b2a_base64(digest(sealed), newline=False),
        b2a_base64(commitment(salt, frame), newline=False),
        canonical(record.public),
    )
    subject = b"null" if pseudonym == NOBODY else b'"%b"' % pseudonym.encode()
    tail = b'","ruleset":%b,"subject":%b}' % (_spelt(record.ruleset_digest), subject)
    if len(head) + len(tail) + _STAMP_BYTES > MAX_ENTRY_BYTES:
        raise EntryTooLargeError(f"the public part of an entry is limited to {MAX_ENTRY_BYTES} bytes")
    return SealedEntry(record.kind, record.decision_id, pseudonym, sealed, head, tail)


def _frame(request: bytes, response: bytes, facts: bytes) -> bytes:
    sizes = len(request).to_bytes(_LENGTH_BYTES, "big") + len(response).to_bytes(_LENGTH_BYTES, "big")
    return b"".join((sizes, request, response, facts))


def opened(entry: bytes, sealed: bytes, plain: bytes) -> Personal:
    """Return the personal part of an entry, after checking that it is what the entry committed to.

    Raises `TamperedError` when ciphertext or plain bytes are not those.
    """
    stated = json.loads(entry)["personal"]
    salt, frame = plain[:SALT_BYTES], plain[SALT_BYTES:]
    if decode_base64(stated["ciphertext"]) != sha256(sealed).digest():
        raise TamperedError("the stored ciphertext is not the one that the entry states")
    if not opens(decode_base64(stated["commitment"]), salt, frame):
        raise TamperedError("the personal part is not what the entry committed to")
    return Personal.of_frame(frame)


def open_personal(entry: bytes, sealed: bytes, subjects: Subjects) -> Personal:
    """Return the personal part of an entry, checked against what the entry committed to.

    Raises `ErasedError` once it was erased (also where it tells of two persons and one of them was),
    `TamperedError` when it is not what was sealed.
    """
    personal = opened(entry, sealed, subjects.open(subjects.pseudonym_of(entry), sealed))
    if personal.paired_with is None:
        return personal
    return personal.unpaired(subjects.open(personal.paired_with, personal.request))


def terms(public: Mapping[str, Any]) -> set[str]:
    """Return what a decision can be searched by, as `name:value`, read from its public part.

    Read are `outcome`, `action`, `resource.id` (as `instrument`), `territories` and the rules of `grounds`.
    """
    found = {f"{name}:{public[name]}" for name in ("outcome", "action") if isinstance(public.get(name), str)}
    resource = public.get("resource")
    if isinstance(resource, Mapping) and isinstance(resource.get("id"), str):
        found.add(f"instrument:{resource['id']}")
    found |= {f"territory:{code}" for code in _texts(public.get("territories"))}
    found |= {f"rule:{rule}" for rule in _texts(public.get("rules"))}
    for ground in public.get("grounds") or ():
        if isinstance(ground, Mapping) and isinstance(ground.get("rule"), str):
            found.add(f"rule:{ground['rule']}")
    return found


def stamped(instant: datetime) -> str:
    """Return the spelling of an instant in entries: UTC, microseconds, `Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@lru_cache(maxsize=64)
def _spelt(text: str) -> bytes:
    """Return the canonical spelling of one of the few texts that most entries share."""
    return canonical(text)


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
