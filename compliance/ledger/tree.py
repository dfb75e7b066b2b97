"""The right edge of the log's tree + the leaves of one group -> the next edge, root, tiles and every new path.

An `Edge` is what must be known to append: at each tile level the hashes of the tile that is not full yet. `grow`
touches nothing; a group that fails to commit is forgotten by forgetting its `Growth`.
Invariant: an edge has the root that `merkle.root` gives for the same leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from compliance.ledger.merkle import EMPTY_ROOT, node_hash
from compliance.ledger.tiles import TILE_HEIGHT, TILE_WIDTH

_OWN_LEVELS = 4
"""Levels of a path that are found for each leaf; above them sixteen leaves have it in common."""
PartialReader = Callable[[int, int, int], list[bytes]]
"""`(tile level, first, count)` -> that many hashes at the level, from index `first` on."""


@dataclass(frozen=True, slots=True)
class FullTile:
    """A tile that the group completed."""

    level: int
    index: int
    hashes: bytes
    root: bytes


@dataclass(frozen=True, slots=True)
class Edge:
    """The size of a tree, per tile level the hashes of its partial tile, and the complete nodes that it ends in."""

    size: int
    partial: tuple[tuple[bytes, ...], ...]
    ends: tuple[bytes | None, ...] = ()
    """Per level, the last complete node where the size has that bit: the roots whose hash is the root of the tree."""

    @classmethod
    def read(cls, size: int, reader: PartialReader) -> Edge:
        """Return the edge of a stored tree."""
        partial: list[tuple[bytes, ...]] = []
        count = size
        while count:
            width = count % TILE_WIDTH
            partial.append(tuple(reader(len(partial), count - width, width)) if width else ())
            count //= TILE_WIDTH
        return cls(size, tuple(partial), _ends(size, partial))

    def grow(self, leaves: Sequence[bytes]) -> Growth:
        """Return what appending these leaf hashes makes of the tree."""
        size = self.size + len(leaves)
        levels = [_Level(self.size, [*leaves])]
        if self.size & 1:
            levels[0] = _Level(self.size - 1, [self._end(0), *leaves])
        while size >> len(levels):
            level = len(levels)
            hashes, first = levels[-1].parents()
            if self.size >> level & 1 and first == self.size >> level:
                hashes, first = [self._end(level), *hashes], first - 1
            levels.append(_Level(first, hashes))
        edges: list[bytes | None] = [None]
        for level, known in enumerate(levels):
            below = edges[-1]
            if size >> level & 1:
                last = known.hashes[-1]
                edges.append(last if below is None else node_hash(last, below))
            else:
                edges.append(below)
        tiles, after = self._tiles(size, levels)
        return Growth(size, edges[-1] or EMPTY_ROOT, tuple(tiles), after, levels, edges)

    def root(self) -> bytes:
        """Return the root of the tree."""
        return self.grow(()).root

    def _end(self, level: int) -> bytes:
        """Return the last complete node of a level, where the size has that bit."""
        end = self.ends[level]
        if end is None:
            raise ValueError(f"a tree of {self.size} leaves does not end in a complete node of level {level}")
        return end

    def _tiles(self, size: int, levels: list[_Level]) -> tuple[list[FullTile], Edge]:
        full: list[FullTile] = []
        after: list[tuple[bytes, ...]] = []
        for tile in range((max(size, 1).bit_length() - 1) // TILE_HEIGHT + 1 if size else 0):
            before = self.size >> TILE_HEIGHT * tile
            known = levels[tile * TILE_HEIGHT]
            kept = self.partial[tile] if tile < len(self.partial) else ()
            hashes = [*kept, *known.hashes[before - known.first :]]
            index = before // TILE_WIDTH
            while len(hashes) >= TILE_WIDTH:
                above = levels[(tile + 1) * TILE_HEIGHT]
                whole, hashes = hashes[:TILE_WIDTH], hashes[TILE_WIDTH:]
                full.append(FullTile(tile, index, b"".join(whole), above.hashes[index - above.first]))
                index += 1
            after.append(tuple(hashes))
        ends = [
            (levels[level].hashes[-1] if level < len(levels) and levels[level].hashes else self._end(level))
            if size >> level & 1
            else None
            for level in range(size.bit_length())
        ]
        return full, Edge(size, tuple(after), tuple(ends))


def _ends(size: int, partial: Sequence[Sequence[bytes]]) -> tuple[bytes | None, ...]:
    """Return the complete nodes that a tree ends in, each of which lies in one partial tile."""
    found: list[bytes | None] = []
    for level in range(size.bit_length()):
        tile, height = divmod(level, TILE_HEIGHT)
        hashes = list(partial[tile])
        # Invariant: at this level the last complete node ends where the larger ones of the same tile end.
        end = len(hashes) >> height << height
        hashes = hashes[end - (1 << height) : end] if size >> level & 1 else []
        while len(hashes) > 1:
            pairs = iter(hashes)
            hashes = [node_hash(left, right) for left, right in zip(pairs, pairs, strict=True)]
        found.append(hashes[0] if hashes else None)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Growth:
    """A tree after a group was appended: what to store, what to sign, and the path of each new leaf."""

    size: int
    root: bytes
    tiles: tuple[FullTile, ...]
    after: Edge
    _levels: list[_Level]
    _edges: list[bytes | None]
    _shared: dict[int, list[bytes]] = field(default_factory=dict)

    def path(self, index: int) -> list[bytes]:
        """Return the inclusion path of a leaf that this growth appended, in the tree that it made."""
        own, above = self.parts(index)
        return own + above

    def parts(self, index: int) -> tuple[list[bytes], list[bytes]]:
        """Return the same in two parts: the upper one is the very same list for neighbours that share it."""
        # From some level on, the leaves of a group have their paths in common.
        place = index >> _OWN_LEVELS
        above = self._shared.get(place)
        if above is None:
            above = self._shared[place] = self._siblings(index, _OWN_LEVELS, len(self._levels))
        return self._siblings(index, 0, min(_OWN_LEVELS, len(self._levels))), above

    def _siblings(self, index: int, start: int, end: int) -> list[bytes]:
        """Return the part of a leaf's path that lies in the levels [start, end)."""
        path: list[bytes] = []
        for level in range(start, end):
            known = self._levels[level]
            sibling, complete = index >> level ^ 1, self.size >> level
            if sibling < complete:
                path.append(known.hashes[sibling - known.first])
            elif sibling == complete:
                edge = self._edges[level]
                if edge is not None:
                    path.append(edge)
        return path


@dataclass(frozen=True, slots=True)
class _Level:
    """The complete nodes of a level that a growth knows: from index `first` to the end."""

    first: int
    hashes: list[bytes]

    def parents(self) -> tuple[list[bytes], int]:
        """Return the complete nodes above, and the index of the first."""
        odd = self.first & 1
        pairs = iter(self.hashes[odd:])
        return [node_hash(left, right) for left, right in zip(pairs, pairs, strict=False)], (self.first + odd) >> 1
