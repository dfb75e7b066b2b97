"""A span of stored entries -> its part of the tree, and whatever in it is not as it was recorded.

Spans are whole tiles, so that each can be examined alone, in any process. Invariant: nothing stored is trusted: hashes
are taken from the entries anew, and what is stored beside an entry is compared with what the entry states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from compliance.ledger import merkle, raw, store
from compliance.ledger.commitment import SALT_BYTES, commitment
from compliance.ledger.entry import DECISION, ERASURE, PAIRED, Personal
from compliance.ledger.errors import ErasedError, LedgerError
from compliance.ledger.note import encode_base64
from compliance.ledger.reading import index_terms
from compliance.ledger.subjects import NOBODY, Subjects
from compliance.ledger.tiles import TILE_WIDTH
from compliance.ledger.verify_index import SPAN, Sum, summed

_PAIRED = f'"{PAIRED}":'.encode()
_NOTHING = bytes(merkle.HASH_BYTES)


@dataclass(frozen=True, slots=True)
class Span:
    """What to examine: entries [start, end) of an epoch, `start` being a multiple of `SPAN`."""

    epoch: int
    start: int
    end: int
    sizes: Sequence[int]
    """Tree sizes in (start, end] at which a root was stated."""
    indexed: int
    """How many entries the search index reaches."""
    key: bytes
    """What the rows of the search index are hashed with."""


@dataclass(slots=True)
class Examined:
    """What came out. Roots are those of the span as a tree of its own."""

    span: Span
    root: bytes = b""
    roots: dict[int, bytes] = field(default_factory=dict)
    times: dict[int, str] = field(default_factory=dict)
    """Tree size -> log time of the last entry below it, at the stated sizes and at the span's end."""
    tiles: list[bytes] = field(default_factory=list)
    """What each full tile contributes to the level above."""
    first_time: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)
    differing: list[int] = field(default_factory=list)
    """Entries whose hash is not the one that their stored tile states."""
    rulesets: set[str] = field(default_factory=set)
    keyless: list[tuple[int, str]] = field(default_factory=list)
    """Entries whose personal part has no key any more, each with whose key it is."""
    erasures: int = 0
    opened: int = 0
    unread: int = 0
    terms: Sum = (0, 0)


def examine(connection: Connection, subjects: Subjects | None, span: Span) -> Examined:
    """Return what a span comes to; raises the database's errors where rows cannot be read at all."""
    found = Examined(span)
    rows = _rows(connection, span)
    stated = {index: _read(row.entry) for index, row in rows.items()}
    if subjects is not None:
        subjects.fetch({each.subject or NOBODY for each in stated.values() if each is not None})
    leaves: list[bytes] = []
    time, count, total = "", 0, 0
    sizes = {*span.sizes, span.end}
    for index in range(span.start, span.end):
        row, said = rows.get(index), stated.get(index)
        if row is None:
            found.problems.append((f"entry {index}", "it is missing"))
            leaves.append(_NOTHING)
        else:
            leaves.append(merkle.leaf_hash(row.entry))
            if said is None:
                found.problems.append((f"entry {index}", "it is not an entry"))
            else:
                time = _in_order(index, said.recorded_at, time, found)
                _compare(row, said, found)
                _personal(row, said, subjects, found)
                if index < span.indexed:
                    more = summed(index, _terms(row.entry), span.key)
                    count, total = count + more[0], total + more[1]
        if index + 1 in sizes:
            found.times[index + 1] = time
    found.terms = (count, total & (2**64 - 1))
    _hash(connection, span, leaves, found)
    return found


def spans(epoch: int, size: int, sizes: Sequence[int], indexed: int, key: bytes) -> Iterator[Span]:
    """Yield the spans of a log."""
    stated = sorted(set(sizes))
    place = 0
    for start in range(0, size, SPAN):
        end = min(start + SPAN, size)
        inside: list[int] = []
        while place < len(stated) and stated[place] <= end:
            if stated[place] > start:
                inside.append(stated[place])
            place += 1
        yield Span(epoch, start, end, tuple(inside), indexed, key)


def _rows(connection: Connection, span: Span) -> dict[int, Any]:
    columns = store.ENTRY.c
    wanted = select(
        columns.leaf_index,
        columns.kind,
        columns.decision_id,
        raw.instant(connection, columns.recorded_at),
        columns.entry,
        columns.sealed,
    ).where(columns.epoch == span.epoch, columns.leaf_index >= span.start, columns.leaf_index < span.end)
    return {row.leaf_index: row for row in connection.execute(wanted).all()}


class _Hashes(msgspec.Struct):
    ciphertext: str
    commitment: str


class _Public(msgspec.Struct):
    id: Any = None


class _Entry(msgspec.Struct):
    """What an entry says that is stored beside it as well."""

    kind: str
    personal: _Hashes
    public: _Public
    recorded_at: str
    ruleset: str
    subject: str | None


_decode = msgspec.json.Decoder(_Entry).decode


def _read(entry: bytes) -> _Entry | None:
    """Return what an entry says; None when it is none."""
    try:
        return _decode(entry)
    except ValueError:  # also what is no UTF-8
        return None


def _terms(entry: bytes) -> set[str]:
    """Return what an entry is found under; nothing, which no index says, of one that cannot be searched for."""
    try:
        return index_terms(msgspec.json.decode(entry))
    except (ValueError, LookupError, TypeError, AttributeError):
        return set()


def _compare(row: Any, said: _Entry, found: Examined) -> None:
    """Compare an entry with its columns and with the ciphertext beside it."""
    place = f"entry {row.leaf_index}"
    if said.kind == ERASURE:
        found.erasures += 1
    elif said.kind == DECISION:
        found.rulesets.add(said.ruleset)
    if said.kind != row.kind:
        found.problems.append((place, "its column `kind` is not what the entry says"))
    if said.public.id != row.decision_id:
        found.problems.append((place, "its column `decision_id` is not what the entry says"))
    if said.recorded_at != raw.stamp(row.recorded_at):
        found.problems.append((place, "its column `recorded_at` is not what the entry says"))
    if row.sealed is None or encode_base64(sha256(row.sealed).digest()) != said.personal.ciphertext:
        found.problems.append((place, "the ciphertext beside it is not the one that it states"))


def _in_order(index: int, time: str, before: str, found: Examined) -> str:
    found.first_time = found.first_time or time
    if time < before:
        found.problems.append((f"entry {index}", "it is older than the one before it"))
    return time


def _personal(row: Any, said: _Entry, subjects: Subjects | None, found: Examined) -> None:
    """Open the personal part and compare it with the commitment to it."""
    if subjects is None:
        found.unread += 1
        return
    owner = said.subject or NOBODY
    try:
        plain = subjects.open(owner, row.sealed or b"")
        frame = plain[SALT_BYTES:]
        if encode_base64(commitment(plain[:SALT_BYTES], frame)) != said.personal.commitment:
            found.problems.append((f"entry {row.leaf_index}", "its personal part is not what it committed to"))
            return
        if _PAIRED in frame and (second := (personal := Personal.of_frame(frame)).paired_with) is not None:
            owner = second
            subjects.open(second, personal.request)
    except ErasedError:
        found.keyless.append((row.leaf_index, owner))
    except (LedgerError, ValueError, LookupError, TypeError) as error:
        found.problems.append((f"entry {row.leaf_index}", f"its personal part does not open: {error}"))
    else:
        found.opened += 1


def _hash(connection: Connection, span: Span, leaves: list[bytes], found: Examined) -> None:
    """Grow the tree over the leaves, and compare its lowest tiles with the stored ones."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        pairs = iter(levels[-1])
        levels.append([merkle.node_hash(left, right) for left, right in zip(pairs, pairs, strict=False)])

    def node(level: int, index: int) -> bytes:
        return levels[level][index]

    found.root = merkle.root(len(leaves), node)
    found.roots = {size: merkle.root(size - span.start, node) for size in span.sizes}
    full = len(leaves) // TILE_WIDTH
    found.tiles = [node(TILE_WIDTH.bit_length() - 1, index) for index in range(full)]
    first = span.start // TILE_WIDTH
    columns = store.TILE.c
    wanted = select(columns.tile_index, columns.hashes, columns.root).where(
        columns.epoch == span.epoch,
        columns.level == 0,
        columns.tile_index >= first,
        columns.tile_index < first + full,
    )
    stored = {row.tile_index - first: row for row in connection.execute(wanted)}
    for index, root in enumerate(found.tiles):
        place = f"tile {first + index} of level 0"
        hashes = leaves[index * TILE_WIDTH : (index + 1) * TILE_WIDTH]
        row = stored.get(index)
        if row is None:
            found.problems.append((place, "it is missing"))
            continue
        kept = bytes(row.hashes)
        other = [
            offset
            for offset, value in enumerate(hashes)
            if kept[offset * merkle.HASH_BYTES : (offset + 1) * merkle.HASH_BYTES] != value
        ]
        found.differing += [span.start + index * TILE_WIDTH + offset for offset in other]
        if len(kept) != TILE_WIDTH * merkle.HASH_BYTES:
            found.problems.append((place, "it does not hold 256 hashes"))
        elif bytes(row.root) != root and not other:
            found.problems.append((place, "its root is not that of its hashes"))
