from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.ledger import merkle, tiles
from compliance.ledger.tree import Edge, FullTile

LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(70_000)]
EMPTY = Edge(0, ())


def reader(leaves):
    node = merkle.reader_of(leaves)
    return lambda tile, first, count: [node(8 * tile, first + offset) for offset in range(count)]


def check(before, leaves, growth):
    node = merkle.reader_of(leaves)
    assert growth.size == len(leaves)
    assert growth.root == merkle.root(len(leaves), node)
    assert growth.after == Edge.read(len(leaves), reader(leaves))
    assert growth.after.root() == growth.root
    for index in range(before, len(leaves)):
        assert growth.path(index) == merkle.inclusion_path(index, len(leaves), node)


def test_an_empty_edge_has_the_root_of_nothing():
    assert EMPTY.root() == merkle.EMPTY_ROOT
    assert Edge.read(0, reader([])) == EMPTY


@pytest.mark.parametrize("start", range(34))
def test_any_group_on_any_small_tree_gives_the_paths_of_the_definition(start):
    edge = Edge.read(start, reader(LEAVES[:start]))
    for count in range(34):
        check(start, LEAVES[: start + count], edge.grow(LEAVES[start : start + count]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=6))
def test_groups_one_after_the_other_give_the_same_tree_as_all_at_once(counts):
    edge = EMPTY
    made: list[FullTile] = []
    for count in counts:
        growth = edge.grow(LEAVES[edge.size : edge.size + count])
        made += growth.tiles
        edge = growth.after
    total = sum(counts)
    assert edge == EMPTY.grow(LEAVES[:total]).after
    node = merkle.reader_of(LEAVES[:total])
    expected = [tile for tile in tiles.tiles_of(total) if tile.width == 256]
    assert sorted((tile.level, tile.index) for tile in made) == [(tile.level, tile.index) for tile in expected]
    for tile in made:
        assert tile.hashes == tiles.hash_tile(tiles.Tile(tile.level, tile.index), node)
        assert tile.root == node(8 * (tile.level + 1), tile.index)


@pytest.mark.parametrize("start", [65_000, 65_535, 65_536, 65_537])
def test_a_group_across_the_third_level_of_tiles_is_right(start):
    nodes = {}
    plain = merkle.reader_of(LEAVES)

    def node(level, index):
        if (level, index) not in nodes:
            below = level and merkle.node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
            nodes[level, index] = below or plain(level, index)
        return nodes[level, index]

    edge = Edge.read(start, lambda tile, first, count: [node(8 * tile, first + n) for n in range(count)])
    growth = edge.grow(LEAVES[start : start + 600])
    assert growth.root == merkle.root(start + 600, node)
    for index in range(start, start + 600, 37):
        assert growth.path(index) == merkle.inclusion_path(index, start + 600, node)
    assert growth.after.root() == growth.root


def test_growing_changes_nothing_in_the_edge_it_grew_from():
    edge = EMPTY.grow(LEAVES[:300]).after
    root = edge.root()
    edge.grow(LEAVES[300:900])
    assert edge.root() == root
    assert edge.size == 300
