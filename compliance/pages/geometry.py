"""Make `world.json` of a TopoJSON file of countries: `python -m compliance.pages.geometry countries-50m.json`.

The file is that of npm's world-atlas 2.0.2 (ISC), which carries Natural Earth's 1:50m countries (public domain). It is
asked for only here, once: the result is committed. Equal Earth projection, on a grid of whole numbers 2000 wide.

Borders follow ISO 3166, which Natural Earth's do not: what is part of a country there and has a code of its own, or is
drawn on its own there and lies in another country by ISO, is named below, with the box that it lies in.

Reference: TopoJSON 1.0; Šavrič, Patterson and Jenny, The Equal Earth map projection (2018).
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pycountry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Point: TypeAlias = tuple[float, float]
"""Longitude and latitude in degrees, or x and y on the map."""
Ring: TypeAlias = list[Point]
Box: TypeAlias = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

WIDTH: Final = 2000
MARGIN: Final = 9
SPECK: Final = 0.3
"""Square units below which an island is left out, unless it is the largest of its territory."""
TOLERANCE: Final = 0.35
"""Units by which a simplified border may be off."""
SOURCE: Final = (
    "Natural Earth 1:50m countries (public domain), by way of world-atlas 2.0.2; Equal Earth projection; made by "
    "compliance.pages.geometry"
)
NAMED: Final = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}
"""Features without a number: the code that they are drawn as. Others without one are left out."""
PARTS: Final[tuple[tuple[str, str, Box], ...]] = (
    ("FR", "GF", (-55, 1, -51, 7)),
    ("FR", "GP", (-62, 15.7, -60.9, 16.7)),
    ("FR", "MQ", (-61.4, 14.2, -60.7, 15)),
    ("FR", "RE", (55, -21.6, 56, -20.7)),
    ("FR", "YT", (44.9, -13.2, 45.4, -12.5)),
    ("NO", "SJ", (-10, 70.5, -7, 72)),
    ("NO", "SJ", (8, 74, 36, 81.5)),
    ("NO", "BV", (3, -55, 4, -54)),
    ("NL", "BQ", (-69, 11.5, -62.5, 18)),
    ("NZ", "TK", (-173, -10, -171, -8)),
    ("RU", "UA", (32.3, 44.2, 36.7, 46.3)),
    ("", "CX", (105, -11, 106, -10)),
    ("", "CC", (96, -13, 97.5, -11)),
)
"""Polygons of a country (`""`: of a feature without code) inside a box, and the code that they are drawn as."""
SPLIT: Final = ("MA", "EH", 27.667)
"""Natural Earth draws the line of control through Western Sahara; by ISO it begins south of the parallel."""
_COEFFICIENTS: Final = (1.340264, -0.081106, 0.000893, 0.003796)


def world_of(topology: dict[str, Any]) -> dict[str, Any]:
    """Return what `world.json` holds, for a TopoJSON topology with an object `countries`."""
    height, place = _frame()
    arcs = [_simplified(arc, place) for arc in _arcs(topology)]
    pieces: dict[str, list[list[int]]] = defaultdict(list)
    # What is drawn as one territory is put together before it is drawn: borders inside it go.
    for feature in topology["objects"]["countries"]["geometries"]:
        for polygon in _polygons(feature):
            code = _code(feature, _points(polygon[0], arcs))
            if code is not None:
                pieces[code] += polygon
    areas = {}
    for code in sorted(pieces):
        whole = [cut for ring in _territory(code, pieces, arcs) for cut in _cut(ring)]
        rings = sorted(([place(*project(*point)) for point in ring] for ring in whole), key=lambda r: -abs(_area(r)))
        # The largest is always drawn, so that even a speck is somewhere.
        drawn = [_path(ring) for number, ring in enumerate(rings) if not number or abs(_area(ring)) >= SPECK]
        areas[code] = [round(abs(sum(map(_area, rings))), 1), "".join(drawn)]
    outline = _path([place(*project(*point)) for point in _edge()])
    return {"source": SOURCE, "width": WIDTH, "height": height, "sphere": outline, "areas": areas}


def _territory(code: str, pieces: dict[str, list[list[int]]], arcs: list[Ring]) -> list[Ring]:
    """Return the rings around a territory, in degrees."""
    north, south, parallel = SPLIT
    if code not in {north, south}:
        return list(_merged(pieces[code], arcs))
    side = 1 if code == north else -1
    both = _merged([*pieces[north], *pieces[south]], arcs)
    return [part for ring in both if (part := _clipped(ring, parallel, side, axis=1))]


def project(longitude: float, latitude: float) -> Point:
    """Return the place of a point in the Equal Earth projection, for a sphere of radius 1; y grows to the north."""
    a1, a2, a3, a4 = _COEFFICIENTS
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = 9 * a4 * sixth * square + 7 * a3 * sixth + 3 * a2 * square + a1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    return x, theta * (a4 * sixth * square + a3 * sixth + a2 * square + a1)


def _frame() -> tuple[int, Any]:
    """Return the map's height, and what puts a projected point on it."""
    right, top = project(180, 0)[0], project(0, 90)[1]
    scale = (WIDTH - 2 * MARGIN) / (2 * right)
    height = math.ceil(2 * (top * scale + MARGIN / 2))

    def place(x: float, y: float) -> Point:
        return WIDTH / 2 + x * scale, height / 2 - y * scale

    return height, place


def _edge() -> Ring:
    """Return the outline of the world, in degrees."""
    latitudes = list(range(-90, 91, 2))
    return [*((180.0, float(degree)) for degree in latitudes), *((-180.0, float(degree)) for degree in latitudes[::-1])]


def _arcs(topology: dict[str, Any]) -> list[Ring]:
    """Return the arcs of a topology in degrees: they are stored as differences on a grid."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    made = []
    for arc in topology["arcs"]:
        x = y = 0
        ring: Ring = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            ring.append((x * scale_x + move_x, y * scale_y + move_y))
        made.append(ring)
    return made


def _simplified(arc: Ring, place: Any) -> Ring:
    """Return an arc without the points that make no difference on the map (Douglas and Peucker); its ends stay."""
    drawn = [place(*project(*point)) for point in arc]
    kept = {0, len(arc) - 1}
    waiting = [(0, len(arc) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, furthest = 0.0, 0
        for number in range(first + 1, last):
            distance = _distance(drawn[number], drawn[first], drawn[last])
            if distance > far:
                far, furthest = distance, number
        if far > TOLERANCE:
            kept.add(furthest)
            waiting += [(first, furthest), (furthest, last)]
    return [arc[number] for number in sorted(kept)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """Return how far a point is from the line between two others, or from the one if they are the same."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = math.hypot(x2 - x1, y2 - y1)
    return math.hypot(x - x1, y - y1) if not length else abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def _cut(ring: Ring) -> Iterator[Ring]:
    """Yield a ring cut at the antimeridian, which the source lets rings cross; one around a pole is closed along it."""
    unrolled: Ring = []
    turns = 0.0
    for longitude, latitude in ring:
        step = longitude + turns - unrolled[-1][0] if unrolled else 0.0
        turns -= 360 * round(step / 360)
        unrolled.append((longitude + turns, latitude))
    if abs(unrolled[-1][0] - unrolled[0][0]) > 180:
        pole = math.copysign(90, sum(latitude for _, latitude in ring))
        unrolled += [(unrolled[-1][0], pole), (unrolled[0][0], pole)]
    for turn in (-360, 0, 360):
        part = _clipped(_clipped([(x + turn, y) for x, y in unrolled], -180, 1), 180, -1)
        if part:
            yield part


def _clipped(ring: Ring, edge: float, side: int, axis: int = 0) -> Ring:
    """Return what of a ring lies on one side of a meridian (`axis` 1: a parallel), by Sutherland and Hodgman.

    `side` 1 is east or north, -1 is west or south.
    """
    kept: Ring = []
    for before, point in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        behind, ahead = (before[axis] - edge) * side, (point[axis] - edge) * side
        if behind < 0 < ahead or ahead < 0 < behind:
            share = behind / (behind - ahead)
            x, y = (start + (end - start) * share for start, end in zip(before, point, strict=True))
            kept.append((x, y))
        if ahead >= 0:
            kept.append(point)
    return kept


def _polygons(feature: dict[str, Any]) -> list[list[list[int]]]:
    """Return the polygons of a feature, each as rings of arcs: `~n` is arc `n` backwards."""
    arcs = feature.get("arcs", [])
    return [arcs] if feature["type"] == "Polygon" else list(arcs) if feature["type"] == "MultiPolygon" else []


def _code(feature: dict[str, Any], outer: Ring) -> str | None:
    """Return the code that a polygon is drawn as, or `None` if it is left out."""
    number = feature.get("id")
    country = None if number is None else pycountry.countries.get(numeric=number)
    own = NAMED.get(feature["properties"]["name"], "") if country is None else str(country.alpha_2)
    for whole, part, (west, south, east, north) in PARTS:
        if own == whole and all(west <= x <= east and south <= y <= north for x, y in outer):
            return part
    return own or None


def _points(ring: Sequence[int], arcs: list[Ring]) -> Ring:
    """Return a ring of arcs as points; each arc begins where the one before it ends."""
    made: Ring = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        made += arc[1:] if made else arc
    return made


def _merged(rings: list[list[int]], arcs: list[Ring]) -> Iterator[Ring]:
    """Yield the rings around what `rings` cover together: an arc that is walked in both directions lies inside."""
    walked = Counter(number for ring in rings for number in ring)
    inner = {number for number in walked if ~number in walked}
    loose: list[int] = []
    for ring in rings:
        if inner.isdisjoint(ring):
            yield _points(ring, arcs)
        else:
            loose += [number for number in ring if number not in inner]
    while loose:
        chain = [loose.pop()]
        made = _points(chain, arcs)
        while made[0] != made[-1]:
            following = next((each for each in loose if _points([each], arcs)[0] == made[-1]), None)
            if following is None:
                break
            loose.remove(following)
            chain.append(following)
            made = _points(chain, arcs)
        yield made


def _area(ring: Ring) -> float:
    around = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around) / 2


def _path(ring: Ring) -> str:
    """Return a ring as an SVG path of whole numbers, relative steps, points that fall together as one."""
    grid: list[tuple[int, int]] = []
    for x, y in ring:
        point = (round(x), round(y))
        if not grid or point != grid[-1]:
            grid.append(point)
    if len(grid) > 1 and grid[0] == grid[-1]:
        grid.pop()
    if not grid:
        return ""
    if len(grid) < 3:  # An island that is a point on this grid: drawn as a speck, so that it is there.
        return f"M{grid[0][0]} {grid[0][1]}l1 0 0 1z"
    steps = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(grid)]
    return f"M{grid[0][0]} {grid[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-") + "z"


if __name__ == "__main__":
    made = world_of(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    head = "".join(
        f"{json.dumps(name)}: {json.dumps(made[name])},\n" for name in ("source", "width", "height", "sphere")
    )
    rows = ",\n".join(f"{json.dumps(code)}: {json.dumps(area)}" for code, area in made["areas"].items())
    Path(__file__).with_name("world.json").write_text(f'{{\n{head}"areas": {{\n{rows}\n}}\n}}\n', encoding="utf-8")
