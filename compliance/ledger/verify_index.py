"""The stored search index against the entries: each entry is found under what its public part says, and nothing else.

The index has no order by entry, and may have fifteen times as many rows as the log. So both sides are summed up, in
spans of entries, as products of a keyed hash of the term and a keyed number of the entry: only the spans whose sums
differ are looked at row by row. Invariant: the key is new for each verification, so no edit can be made such that the
sums agree.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from compliance.ledger import store
from compliance.ledger.reading import index_terms

SPAN = 4096
"""Entries that are summed up together."""
_MASK = 2**64 - 1
_FETCH = 5000

Sum = tuple[int, int]
"""How many rows, and the sum of their hashes."""


def summed(index: int, terms: Collection[str], key: bytes) -> Sum:
    """Return the sum over the rows of one entry."""
    weight = _weight(index, _seed(key))
    return len(terms), sum([_hash(term, key) for term in terms]) * weight & _MASK


def stored_sums(connection: Connection, epoch: int, key: bytes) -> dict[int, Sum]:
    """Return the sums of the stored rows, by span."""
    counts: dict[int, int] = defaultdict(int)
    totals: dict[int, int] = defaultdict(int)
    seed, before, hashed = _seed(key), None, 0
    for term, index in _rows(connection, epoch):
        if term != before:
            before, hashed = term, _hash(term, key)
        span = index // SPAN
        counts[span] += 1
        totals[span] += hashed * _weight(index, seed) & _MASK
    return {span: (count, totals[span] & _MASK) for span, count in counts.items()}


@lru_cache(maxsize=1)
def _seed(key: bytes) -> int:
    return int.from_bytes(key[:8].ljust(8, b"\x00"), "big")


@lru_cache(maxsize=2**16)
def _hash(term: str, key: bytes) -> int:
    digest = blake2b(term.encode("utf-8", "surrogateescape"), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big")


def _weight(index: int, seed: int) -> int:
    """Return an odd number that stands for an entry: one that nobody can choose who does not know the seed.

    Reference: the finalizer of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    """
    mixed = (index + seed) & _MASK
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    return (mixed ^ mixed >> 31) | 1


def differing(stored: Mapping[int, Sum], expected: Mapping[int, Sum]) -> list[int]:
    """Return the spans whose rows are not those that the entries give."""
    nothing = (0, 0)
    return sorted(
        span for span in stored.keys() | expected.keys() if stored.get(span, nothing) != expected.get(span, nothing)
    )


def problems_of(connection: Connection, epoch: int, spans: Iterable[int], size: int) -> Iterator[tuple[str, str]]:
    """Yield place and problem of each row that is missing or too much in these spans; `size` entries are indexed.

    Of an entry that is none, nothing is said here.
    """
    wanted = set(spans)
    if not wanted:
        return
    stored: dict[int, set[str]] = defaultdict(set)
    for term, index in _rows(connection, epoch):
        if index // SPAN in wanted:
            stored[index].add(term)
    for span in sorted(wanted):
        expected = _expected(connection, epoch, span, size)
        known = {index for index in stored if index // SPAN == span}
        unread = set(range(span * SPAN, min((span + 1) * SPAN, size))) - expected.keys()
        for index in sorted((known | expected.keys()) - unread):
            place = f"search index, entry {index}"
            for term in sorted(expected.get(index, set()) - stored[index]):
                yield place, f"it is not found under `{term}`"
            for term in sorted(stored[index] - expected.get(index, set())):
                yield place, f"it is found under `{term}`, which it does not say"


def _expected(connection: Connection, epoch: int, span: int, size: int) -> dict[int, set[str]]:
    end = min((span + 1) * SPAN, size)
    found: dict[int, set[str]] = {}
    if end <= 0 or span < 0:
        return found
    wanted = select(store.ENTRY.c.leaf_index, store.ENTRY.c.entry).where(
        store.ENTRY.c.epoch == epoch, store.ENTRY.c.leaf_index >= span * SPAN, store.ENTRY.c.leaf_index < end
    )
    for row in connection.execute(wanted):
        with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):  # said of the entry itself
            found[row.leaf_index] = index_terms(msgspec.json.decode(bytes(row.entry)))
    return found


def _rows(connection: Connection, epoch: int) -> Iterator[tuple[str, int]]:
    table = store.TERM
    wanted = select(table.c.term, table.c.leaf_index).where(table.c.epoch == epoch)
    streamed: Any = connection.execution_options(yield_per=_FETCH).execute(wanted)
    for part in streamed.partitions():
        yield from part
