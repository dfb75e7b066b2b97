"""The map draws territories and nothing else."""

import pytest

from compliance.pages.world import SMALLEST, start_of, world
from compliance.vocabulary import territory


def test_the_geometry_names_territories_only():
    assert set(world().areas) <= set(territory.all_countries())
    assert sum(size >= SMALLEST for size, _ in world().areas.values()) > 150


def test_a_path_begins_on_the_map():
    for _, path in world().areas.values():
        x, y = start_of(path)
        assert 0 <= x <= world().width
        assert 0 <= y <= world().height


def test_what_is_no_path_has_no_beginning():
    with pytest.raises(ValueError, match="begins with"):
        start_of("L1 2")
