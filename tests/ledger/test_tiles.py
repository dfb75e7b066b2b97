from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger import merkle, tiles
from compliance.ledger.tiles import ENTRIES, Tile, TileError


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(63, 1000), "tile/63/x001/000"),
    ],
)
def test_paths_are_those_of_the_specification(tile, path):
    assert tile.path() == path
    assert Tile.of_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/64/000",
        "tile/00/000",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/entries/000/",
        "tile/0/000\n",
        "/tile/0/000",
        "tile/-1/000",
    ],
)
def test_any_other_spelling_is_no_tile(path):
    with pytest.raises(TileError):
        Tile.of_path(path)


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts():
    found = list(tiles.tiles_of(70_000))
    assert sum(1 for tile in found if tile.level == 0 and tile.width == 256) == 273
    assert [tile for tile in found if tile.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in found if tile.level == 1] == [Tile(1, 0), Tile(1, 1, 17)]


def test_a_tree_of_256_has_a_full_tile_and_a_partial_one_of_width_1_above():
    assert list(tiles.tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]


@given(st.integers(0, 1 << 20))
def test_every_tile_of_a_tree_is_within_it_and_its_successor_in_width_is_not(size):
    for tile in tiles.tiles_of(size):
        if tile.width < 256:
            assert tiles.within(tile, size)
            assert not tiles.within(Tile(tile.level, tile.index, tile.width + 1), size)


def test_a_full_tile_hashes_to_the_node_above_it():
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(600)]
    node = merkle.reader_of(leaves)
    full = tiles.hash_tile(Tile(0, 1), node)
    assert tiles.hashes_of(full) == leaves[256:512]
    assert tiles.tile_root(tiles.hashes_of(full)) == node(8, 1)
    assert tiles.hash_tile(Tile(1, 0, 2), node) == node(8, 0) + node(8, 1)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_back_from_their_bundle(entries):
    assert tiles.entries_of(tiles.entry_bundle(entries)) == entries


def test_an_entry_bundle_prefixes_each_length_as_big_endian_uint16():
    assert tiles.entry_bundle([b"", b"a", b"b" * 258])[:7] == b"\x00\x00\x00\x01a\x01\x02"


def test_an_entry_longer_than_its_length_field_is_refused():
    assert len(tiles.entry_bundle([bytes(65_535)])) == 65_537
    with pytest.raises(TileError):
        tiles.entry_bundle([bytes(65_536)])


@pytest.mark.parametrize("torn", [b"\x00", b"\x00\x05abc", b"\x00\x01a\x00"])
def test_a_torn_bundle_is_refused(torn):
    with pytest.raises(TileError):
        tiles.entries_of(torn)


@pytest.mark.parametrize("torn", [b"", bytes(31), bytes(33), bytes(32 * 257)])
def test_a_torn_hash_tile_is_refused(torn):
    with pytest.raises(TileError):
        tiles.hashes_of(torn)
