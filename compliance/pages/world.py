"""The world map: an outline, and per territory its size and its path, in the Equal Earth projection.

Geometry: `world.json`, made of Natural Earth's 1:50m countries (public domain) by `compliance.pages.geometry`. Borders
follow ISO 3166: Crimea is drawn with Ukraine, Northern Cyprus with Cyprus, Western Sahara and France's overseas
departments on their own.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SMALLEST: Final = 12
"""Square units of the map (2000 wide) below which a territory is too small to be seen on it."""
_START: Final = re.compile(r"M(-?\d+)[ ,](-?\d+)")


@dataclass(frozen=True, slots=True)
class World:
    """The map: its size, its outline, and per territory its size and its path."""

    width: int
    height: int
    outline: str
    areas: Mapping[str, tuple[float, str]]


@cache
def world() -> World:
    """Return the map that comes with this package."""
    read = json.loads(files("compliance.pages").joinpath("world.json").read_text(encoding="utf-8"))
    areas = {code: (float(size), str(path)) for code, (size, path) in read["areas"].items()}
    return World(read["width"], read["height"], read["sphere"], areas)


def start_of(path: str) -> tuple[int, int]:
    """Return where a path begins: where a territory too small to be drawn is."""
    found = _START.match(path)
    if found is None:
        message = "a path begins with `M`"
        raise ValueError(message)
    return int(found[1]), int(found[2])
