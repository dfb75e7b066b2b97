"""A span of stored entries -> its part of the tree, and whatever in it is not as it was recorded.

Spans are whole tiles, so that each can be examined alone, in any process. Invariant: nothing stored is trusted: hashes
are taken from the entries anew, and what is stored beside an entry is compared with what the entry states.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Connection, select

from compliance.ledger import merkle, raw, store
from compliance.ledger.commitment import SALT_BYTES, commitment
from compliance.ledger.entry import DECISION, ERASURE, PAIRED, Personal
from compliance.ledger.errors import ErasedError, LedgerError
from compliance.ledger.note import encode_base64
from compliance.ledger.search_index import index_terms
from compliance.ledger.subjects import NOBODY, Subjects
from compliance.ledger.tiles import TILE_WIDTH
from compliance.ledger.verify_index import SPAN, Sum, summed

_PAIRED = f'"{PAIRED}":'.encode()
_NOTHING = bytes(merkle.HASH_BYTES)
_TOGETHER = 512
"""Entries whose bytes are in memory at once."""


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
    events: list[tuple[int, object]] = field(default_factory=list)
    """Entries whose row says that they are other than decisions, each with what it says that they are."""
    erasures: int = 0
    opened: int = 0
    unread: int = 0
    terms: Sum = (0, 0)


def examine(connection: Connection, subjects: Subjects | None, span: Span) -> Examined:
    """Return what a span comes to; raises the database's errors where rows cannot be read at all."""
    found = Examined(span)
    leaves: list[bytes] = []
    listed: dict[str, list[int]] = defaultdict(list)
    time = ""
    sizes = {*span.sizes, span.end}
    for index, row, said in _entries(connection, subjects, span):
        if row is None:
            found.problems.append((f"entry {index}", "it is missing"))
            leaves.append(_NOTHING)
        else:
            leaves.append(merkle.leaf_hash(row[3]))
            if said is None:
                found.problems.append((f"entry {index}", "it is not an entry"))
            else:
                time = _in_order(index, said.recorded_at, time, found)
                _compare(index, row, said, found)
                _personal(index, row[4], said, subjects, found)
                if index < span.indexed:
                    for term in _terms(said):
                        listed[term].append(index)
        if index + 1 in sizes:
            found.times[index + 1] = time
    found.terms = summed(listed, span.key)
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


_Row = tuple[Any, Any, Any, bytes, bytes]
"""Kind, decision, log time as the database has it, entry, sealed bytes."""


def _entries(
    connection: Connection, subjects: Subjects | None, span: Span
) -> Iterator[tuple[int, _Row | None, _Entry | None]]:
    """Yield the index of every entry of a span, its row where there is one, and what it says where it is an entry."""
    for start in range(span.start, span.end, _TOGETHER):
        end = min(start + _TOGETHER, span.end)
        rows = _rows(connection, span.epoch, start, end)
        stated = {index: _read(row[3], searched=index < span.indexed) for index, row in rows.items()}
        if subjects is not None:
            subjects.fetch({each.subject or NOBODY for each in stated.values() if each is not None})
        for index in range(start, end):
            yield index, rows.get(index), stated.get(index)


def _rows(connection: Connection, epoch: int, start: int, end: int) -> dict[int, _Row]:
    columns = store.ENTRY.c
    wanted = select(
        columns.leaf_index,
        columns.kind,
        columns.decision_id,
        raw.instant(connection, columns.recorded_at),
        columns.entry,
        columns.sealed,
    ).where(columns.epoch == epoch, columns.leaf_index >= start, columns.leaf_index < end)
    found = connection.execute(wanted).all()
    return {
        index: (kind, name, at, raw.blob(entry), raw.blob(sealed)) for index, kind, name, at, entry, sealed in found
    }


class _Hashes(msgspec.Struct, gc=False):
    ciphertext: str
    commitment: str


class _Public(msgspec.Struct, gc=False):
    id: Any = None


class _Searched(_Public, gc=False):
    """What `terms` reads of a public part; all else takes time to read, and is in the hash of the entry."""

    outcome: Any = None
    action: Any = None
    resource: Any = None
    territories: Any = None
    rules: Any = None
    grounds: Any = None


class _Entry(msgspec.Struct, gc=False):
    """What an entry says that is stored beside it as well."""

    kind: str
    personal: _Hashes
    public: _Public
    recorded_at: str
    ruleset: str
    subject: str | None


class _SearchedEntry(_Entry, gc=False):
    public: _Searched


_decode = msgspec.json.Decoder(_Entry).decode
_decode_searched = msgspec.json.Decoder(_SearchedEntry).decode


def _read(entry: bytes, *, searched: bool) -> _Entry | None:
    """Return what an entry says, and what it is found under if it is searched for; None when it is none."""
    try:
        return _decode_searched(entry) if searched else _decode(entry)
    except ValueError:  # also what is no UTF-8
        return None


def _terms(said: _Entry) -> set[str]:
    """Return what an entry is found under; nothing, which no index says, of one that cannot be searched for."""
    public = asdict(said.public)
    document = {"public": public, "kind": said.kind, "subject": said.subject, "ruleset": said.ruleset}
    try:
        return index_terms(document)
    except (ValueError, LookupError, TypeError, AttributeError):
        return set()


def _compare(index: int, row: _Row, said: _Entry, found: Examined) -> None:
    """Compare an entry with its columns and with the ciphertext beside it."""
    kind, decision_id, recorded_at, _, sealed = row
    if kind != DECISION:
        found.events.append((index, kind))
    if said.kind == ERASURE:
        found.erasures += 1
    elif said.kind == DECISION:
        found.rulesets.add(said.ruleset)
    wrong = []
    if said.kind != kind:
        wrong.append("its column `kind` is not what the entry says")
    if said.public.id != decision_id:
        wrong.append("its column `decision_id` is not what the entry says")
    if said.recorded_at != raw.stamp(recorded_at):
        wrong.append("its column `recorded_at` is not what the entry says")
    if encode_base64(sha256(sealed).digest()) != said.personal.ciphertext:
        wrong.append("the ciphertext beside it is not the one that it states")
    found.problems += [(f"entry {index}", problem) for problem in wrong]


def _in_order(index: int, time: str, before: str, found: Examined) -> str:
    found.first_time = found.first_time or time
    if time < before:
        found.problems.append((f"entry {index}", "it is older than the one before it"))
    return time


def _personal(index: int, sealed: bytes, said: _Entry, subjects: Subjects | None, found: Examined) -> None:
    """Open the personal part and compare it with the commitment to it."""
    if subjects is None:
        found.unread += 1
        return
    owner = said.subject or NOBODY
    try:
        plain = subjects.open(owner, sealed)
        frame = plain[SALT_BYTES:]
        if encode_base64(commitment(plain[:SALT_BYTES], frame)) != said.personal.commitment:
            found.problems.append((f"entry {index}", "its personal part is not what it committed to"))
            return
        if _PAIRED in frame and (second := (personal := Personal.of_frame(frame)).paired_with) is not None:
            owner = second
            subjects.open(second, personal.request)
    except ErasedError:
        found.keyless.append((index, owner))
    except (LedgerError, ValueError, LookupError, TypeError) as error:
        found.problems.append((f"entry {index}", f"its personal part does not open: {error}"))
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
    stored = {row.tile_index - first: row for row in connection.execute(wanted).all()}
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
