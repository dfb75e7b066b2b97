"""Leaf hashes -> roots and proofs, as in RFC 6962 section 2.1 (SHA-256).

Invariant: this module knows no storage. It reads the tree through a `NodeReader`, which returns the hash of
any *complete* subtree; everything on the ragged right edge is derived here, by the recursions of the RFC.

Reference: RFC 6962 2.1, 2.1.1, 2.1.2; verification as in RFC 9162 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from compliance.ledger.hashing import digest

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]
"""`(level, index)` -> the hash of the complete subtree over leaves `index * 2**level` and 2**level on."""


class ProofError(ValueError):
    """A proof does not prove what it was asked to prove; the message is the first reason."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a log entry: SHA-256(0x00 || entry)."""
    return digest(b"\x00" + entry)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an interior node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def reader_of(leaves: Sequence[bytes]) -> NodeReader:
    """Return a reader over leaf hashes held in memory, without any cache: for small trees and for tests."""

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def root(size: int, node: NodeReader) -> bytes:
    """Return the Merkle tree hash of the first `size` leaves; of none, the hash of the empty string."""
    return _span(0, size, node) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: NodeReader) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves, from the leaf's sibling upwards.

    Raises `ProofError` when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_span(middle, end, node))
            end = middle
        else:
            path.append(_span(start, middle, node))
            start = middle
    path.reverse()
    return path


def consistency_path(old: int, new: int, node: NodeReader) -> list[bytes]:
    """Return the proof that the tree of `old` leaves is a prefix of the tree of `new` leaves.

    It is empty from 0 and to itself. Raises `ProofError` when `old` is not between 0 and `new`.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves has no prefix of {old} leaves")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_span(middle, end, node))
            end = middle
        else:
            path.append(_span(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_span(start, end, node))
    path.reverse()
    return path


def span_path(start: int, end: int, size: int, node: NodeReader) -> list[bytes]:
    """Return what leads from the leaves [start, end) to the root of the tree of `size` leaves.

    It is the hash of every largest subtree without any of these leaves, from left to right; the recursion is that of
    RFC 6962 2.1. Raises `ProofError` when the tree has no such leaves.
    """
    if not 0 <= start < end <= size:
        raise ProofError(f"a tree of {size} leaves has no leaves from {start} to {end}")
    path: list[bytes] = []
    _beside(start, end, 0, size, node, path)
    return path


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root of the tree of `size` leaves in which `leaf`, at `index`, has this path.

    Raises `ProofError` when the path has the wrong length for that place.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    position, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the inclusion path is too long")
        if position & 1 or position == last:
            value = node_hash(sibling, value)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        position, last = position >> 1, last >> 1
    if last:
        raise ProofError("the inclusion path is too short")
    return value


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], expected: bytes) -> None:
    """Return when `leaf` is at `index` of the tree with that size and root; else raise `ProofError`."""
    if root_from_inclusion(index, size, leaf, path) != expected:
        raise ProofError("the inclusion path leads to another root")


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Return when the tree of `old` leaves is a prefix of that of `new` leaves; else raise `ProofError`."""
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves has no prefix of {old} leaves")
    if old in (0, new):
        _verify_trivial(old, new, path, old_root, new_root)
        return
    nodes = list(path) if old & (old - 1) else [old_root, *path]
    if not nodes:
        raise ProofError("the consistency proof is too short")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        position, last = position >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise ProofError("the consistency proof does not connect the two roots")


def _verify_trivial(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    if path:
        raise ProofError("a consistency proof from nothing, or to the same size, must be empty")
    if (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
        raise ProofError("the same tree size has two roots")


def _beside(start: int, end: int, low: int, high: int, node: NodeReader, path: list[bytes]) -> None:
    if high <= start or end <= low:
        path.append(_span(low, high, node))
    elif not start <= low < high <= end:
        middle = low + _split(high - low)
        _beside(start, end, low, middle, node, path)
        _beside(start, end, middle, high, node, path)


def _split(count: int) -> int:
    """Return the largest power of two that is smaller than `count`, for a count above 1."""
    return 1 << ((count - 1).bit_length() - 1)


def _span(start: int, end: int, node: NodeReader) -> bytes:
    """Return the hash over the leaves [start, end); the recursions above only ask for aligned starts."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_span(start, middle, node), _span(middle, end, node))
