"""Tree and entries <-> the static files of a tiled log: paths, hash tiles, entry bundles.

Source: C2SP tlog-tiles, https://c2sp.org/tlog-tiles (tile height 8; partial tiles as `.p/<W>`; entry bundles of entries
prefixed with their length as a big-endian uint16).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compliance.ledger.merkle import HASH_BYTES, NodeReader, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 0xFFFF
ENTRIES = -1
"""The level under which entry bundles are addressed."""

_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class TileError(ValueError):
    """A tile path or the bytes of a tile are malformed."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its level (`ENTRIES` for a bundle), its index in the level, and its width of 256."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def start(self) -> int:
        """The index, within the tile's level, of its first hash or entry."""
        return self.index * TILE_WIDTH

    def path(self) -> str:
        """Return the path below the log's prefix, such as `tile/0/x001/x234/067.p/12`."""
        digits, rest = f"{self.index % 1000:03d}", self.index // 1000
        while rest:
            digits, rest = f"x{rest % 1000:03d}/{digits}", rest // 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{digits}{partial}"

    @classmethod
    def of_path(cls, path: str) -> Tile:
        """Read a path below the log's prefix; raises `TileError` unless it is the one spelling of a tile."""
        match = _PATH.fullmatch(path)
        if not match:
            raise TileError(f"`{path}` is not a tile path")
        level = ENTRIES if match[1] == "entries" else int(match[1])
        index = int(match[2].replace("x", "").replace("/", ""))
        tile = cls(level, index, int(match[3]) if match[3] else TILE_WIDTH)
        if level > MAX_LEVEL or tile.width > TILE_WIDTH or tile.path() != path:
            raise TileError(f"`{path}` is not a tile path")
        return tile


def within(tile: Tile, size: int) -> bool:
    """Say whether a tree of `size` leaves has this tile in this width."""
    shift = TILE_HEIGHT * max(tile.level, 0)
    return tile.start + tile.width <= size >> shift


def tiles_of(size: int) -> Iterator[Tile]:
    """Yield the hash tiles of a tree of `size` leaves, level by level, partial ones last in each."""
    level, count = 0, size
    while count:
        for index in range(count // TILE_WIDTH):
            yield Tile(level, index)
        if count % TILE_WIDTH:
            yield Tile(level, count // TILE_WIDTH, count % TILE_WIDTH)
        level, count = level + 1, count // TILE_WIDTH


def hash_tile(tile: Tile, node: NodeReader) -> bytes:
    """Return the bytes of a hash tile: its hashes, one after the other."""
    level = TILE_HEIGHT * tile.level
    return b"".join(node(level, tile.start + offset) for offset in range(tile.width))


def hashes_of(tile: bytes) -> list[bytes]:
    """Return the hashes in the bytes of a hash tile; raises `TileError` when it holds none or a torn one."""
    if not tile or len(tile) % HASH_BYTES or len(tile) > HASH_BYTES * TILE_WIDTH:
        raise TileError("a hash tile is 1 to 256 hashes of 32 bytes")
    return [tile[offset : offset + HASH_BYTES] for offset in range(0, len(tile), HASH_BYTES)]


def tile_root(hashes: list[bytes]) -> bytes:
    """Return the hash that a full tile contributes to the level above."""
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [node_hash(left, right) for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


def entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Return the bytes of an entry bundle; raises `TileError` for an entry above 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise TileError(f"an entry of {len(entry)} bytes does not fit into an entry bundle")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def entries_of(bundle: bytes) -> list[bytes]:
    """Return the entries in the bytes of a bundle; raises `TileError` when it is torn."""
    entries: list[bytes] = []
    offset = 0
    while offset < len(bundle):
        end = offset + 2 + int.from_bytes(bundle[offset : offset + 2], "big")
        if end > len(bundle) or offset + 2 > len(bundle):
            raise TileError("an entry bundle ends inside an entry")
        entries.append(bundle[offset + 2 : end])
        offset = end
    return entries
