"""The map is made of published borders, as ISO 3166 draws them, and keeps the sizes of territories."""

import re
from itertools import pairwise
from math import radians, sin

import pytest

from compliance.pages.geometry import project, world_of
from compliance.pages.world import world


def topology(*features, arcs):
    """A topology on a grid of one degree; arcs are given in degrees."""
    stored = [[list(arc[0]), *([x2 - x1, y2 - y1] for (x1, y1), (x2, y2) in pairwise(arc))] for arc in arcs]
    geometries = [
        {"type": "Polygon", "arcs": rings, "properties": {"name": name}, **({"id": number} if number else {})}
        for name, number, rings in features
    ]
    return {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": stored,
        "objects": {"countries": {"type": "GeometryCollection", "geometries": geometries}},
    }


def square(west, south, east, north):
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def area(west, south, east, north):
    """Square units of a part of the sphere: the projection keeps areas."""
    scale = (2000 - 18) / (2 * project(180, 0)[0])
    return radians(east - west) * (sin(radians(north)) - sin(radians(south))) * scale * scale


def test_the_projection_has_its_published_extent():
    # Reference: d3-geo's tests of geoEqualEarth, and the paper: 2.7066 by 1.3174 for a sphere of radius 1.
    assert project(0, 0) == (0, 0)
    assert project(180, 0)[0] == pytest.approx(2.70663, abs=1e-4)
    assert project(0, 90)[1] == pytest.approx(1.31736, abs=1e-4)
    assert project(-30, 40)[0] == -project(30, 40)[0]


def test_a_square_keeps_its_area():
    made = world_of(topology(("Algeria", "012", [[0]]), arcs=[square(0, 20, 10, 30)]))
    assert made["areas"]["DZ"][0] == pytest.approx(area(0, 20, 10, 30), rel=0.02)


def test_what_is_drawn_as_one_territory_has_no_border_inside():
    shared = [(33, 35), (34, 35)]
    north = [(34, 35), (34, 36), (33, 36), (33, 35)]
    south = [(34, 35), (34, 34), (33, 34), (33, 35)]
    made = world_of(topology(("N. Cyprus", None, [[0, 1]]), ("Cyprus", "196", [[~0, ~2]]), arcs=[shared, north, south]))
    assert list(made["areas"]) == ["CY"]
    assert made["areas"]["CY"][1].count("M") == 1


def test_a_part_with_a_code_of_its_own_is_drawn_under_it():
    features = (("France", "250", [[0]]), ("France", "250", [[1]]))
    made = world_of(topology(*features, arcs=[square(0, 44, 6, 48), square(-54, 3, -52, 5)]))
    assert set(made["areas"]) == {"FR", "GF"}


def test_crimea_is_drawn_with_ukraine():
    features = (("Russia", "643", [[0]]), ("Russia", "643", [[1]]))
    made = world_of(topology(*features, arcs=[square(60, 55, 70, 60), square(33, 45, 36, 46)]))
    assert set(made["areas"]) == {"RU", "UA"}


def test_western_sahara_begins_at_its_parallel():
    line = [(-10, 22), (-10, 27)]
    east = [(-10, 27), (-9, 27), (-9, 22), (-10, 22)]
    west = [(-10, 27), (-10, 30), (-13, 30), (-13, 22), (-10, 22)]
    made = world_of(
        topology(("Morocco", "504", [[~0, ~1]]), ("W. Sahara", "732", [[0, 2]]), arcs=[line, west[::-1], east])
    )
    assert set(made["areas"]) == {"EH", "MA"}
    assert made["areas"]["MA"][0] == pytest.approx(area(-13, 27.667, -10, 30), rel=0.05)


def test_a_country_across_the_antimeridian_is_cut_there():
    ring = [(170, 60), (180, 60), (-170, 60), (-170, 70), (180, 70), (170, 70), (170, 60)]
    made = world_of(topology(("Russia", "643", [[0]]), arcs=[ring]))
    size, path = made["areas"]["RU"]
    assert path.count("M") == 2
    assert size == pytest.approx(area(0, 60, 20, 70), rel=0.03)


def test_a_ring_around_the_pole_is_closed_along_it():
    ring = [(x, -70 - x // 10 % 2 * 2) for x in range(-180, 181, 10)]
    made = world_of(topology(("Antarctica", "010", [[0]]), arcs=[[*ring, ring[0]]]))
    assert made["areas"]["AQ"][0] == pytest.approx(area(-180, -90, 180, -71), rel=0.05)


def test_what_has_no_code_is_left_out():
    made = world_of(
        topology(
            ("Siachen Glacier", None, [[0]]),
            ("India", "356", [[1]]),
            arcs=[square(76, 35, 77, 36), square(75, 20, 80, 25)],
        )
    )
    assert list(made["areas"]) == ["IN"]


@pytest.mark.parametrize(
    ("code", "square_kilometres"),
    # The United Nations' Demographic Yearbook, table 3, rounded.
    [("DZ", 2_382_000), ("BR", 8_516_000), ("EH", 266_000), ("UA", 603_500), ("AU", 7_692_000), ("MX", 1_964_000)],
)
def test_the_committed_map_gives_territories_their_published_size(code, square_kilometres):
    assert world().areas[code][0] / area(-180, -90, 180, 90) * 510_072_000 == pytest.approx(square_kilometres, rel=0.06)


def test_the_committed_map_draws_nearly_everything():
    assert len(world().areas) >= 246
    assert all(re.fullmatch(r"(M-?\d+ -?\d+l[-\d ]+z)+", path) for _, path in world().areas.values())
