"""Draw a coverage as a world map: one static SVG, coloured by access, that needs no other file.

Every territory is shown: those too small for the map stand below it, in the same colours. The palette is ColorBrewer's
`RdYlBu`, whose steps people with any colour vision tell apart.

Geometry: `compliance.pages.world`.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from compliance.engine.coverage import Opening
from compliance.pages.world import SMALLEST, World, world

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compliance.engine.coverage import Covered
    from compliance.vocabulary.facts import Vocabulary

PALETTES: Final = {
    1: ("#2c7bb6",),
    2: ("#2c7bb6", "#d7191c"),
    3: ("#2c7bb6", "#ffffbf", "#d7191c"),
    4: ("#2c7bb6", "#abd9e9", "#fdae61", "#d7191c"),
    5: ("#2c7bb6", "#abd9e9", "#ffffbf", "#fdae61", "#d7191c"),
    6: ("#4575b4", "#91bfdb", "#e0f3f8", "#fee090", "#fc8d59", "#d73027"),
}
UNSTATED: Final = "#bdbdbd"
"""The colour of an access that the palette has no step for, and of none."""
COLUMNS: Final = 7
LONGEST: Final = 26
"""Characters of a name beside the map."""
_STRIPES: Final = (
    '<pattern id="regions" width="10" height="10" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="10" height="10" fill="#ffffff"/><rect width="5" height="10" fill="#737373"/></pattern>'
)
_ROW: Final = 30
_MARGIN: Final = 40
_HEAD: Final = 110


def draw(found: Sequence[Covered], vocabulary: Vocabulary, action: str, title: str, footer: str) -> str:
    """Return the SVG of a coverage.

    Args:
        found: what holds in each territory.
        vocabulary: declares the access levels, in the order of their colours.
        action: what the coverage is about; the legend says what each level does to it.
        title: one line above the map.
        footer: one line below everything: the date and the rules.
    """
    return _Drawing(found, vocabulary, action, world()).text(title, footer)


class _Drawing:
    """Draws one map."""

    def __init__(self, found: Sequence[Covered], vocabulary: Vocabulary, action: str, map_: World) -> None:
        self.found = found
        self.vocabulary = vocabulary
        self.action = action
        self.map = map_
        levels = tuple(vocabulary.access)
        self.colours = dict(zip(levels, PALETTES.get(len(levels), PALETTES[6]), strict=False))
        self.small = [one for one in found if map_.areas.get(one.territory, (0, ""))[0] < SMALLEST]

    def text(self, title: str, footer: str) -> str:
        """Return the whole document."""
        rows = -(-len(self.small) // COLUMNS)
        below = _HEAD + self.map.height + 60
        legend = below + (rows * _ROW + 60 if self.small else 0)
        height = legend + _ROW * len(self._legend()) + 90
        width = self.map.width + 2 * _MARGIN
        opening = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="{escape(title)}" font-family="system-ui, Helvetica, Arial, sans-serif" font-size="20">'
        )
        parts = [
            opening,
            f"<title>{escape(title)}</title>",
            f"<defs>{_STRIPES}</defs>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="{_MARGIN}" y="66" font-size="40" font-weight="600" fill="#1a1a1a">{escape(title)}</text>',
            f'<g transform="translate({_MARGIN} {_HEAD})">',
            f'<path d="{self.map.outline}" fill="#f4f6f8" stroke="#c8d0d8"/>',
            '<g stroke="#4d4d4d" stroke-width="0.7" stroke-linejoin="round" fill-rule="evenodd">',
            *self._territories(),
            "</g></g>",
            *self._beside(below),
            *self._keys(legend),
            f'<text x="{_MARGIN}" y="{height - 30}" font-size="18" fill="#595959">{escape(footer)}</text>',
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _fill(self, one: Covered) -> str:
        if one.effect is Opening.BY_REGION:
            return "url(#regions)"
        return self.colours.get(one.access, UNSTATED)

    def _hint(self, one: Covered) -> str:
        return f"<title>{escape(f'{one.name} ({one.territory}): {one.access or one.effect}. {one.reason}')}</title>"

    def _territories(self) -> Iterator[str]:
        for one in self.found:
            drawn = self.map.areas.get(one.territory)
            if drawn is not None:
                yield f'<path id="{one.territory}" fill="{self._fill(one)}" d="{drawn[1]}">{self._hint(one)}</path>'

    def _beside(self, top: int) -> Iterator[str]:
        """Yield the territories that the map is too small for, in columns, in order of name."""
        if not self.small:
            return
        yield f'<text x="{_MARGIN}" y="{top}" font-size="24" font-weight="600">Too small for the map</text>'
        ordered = sorted(self.small, key=lambda one: one.name)
        rows = -(-len(ordered) // COLUMNS)
        step = self.map.width // COLUMNS
        for place, one in enumerate(ordered):
            x = _MARGIN + place // rows * step
            y = top + 20 + place % rows * _ROW
            yield (
                f'<g transform="translate({x} {y})"><rect width="24" height="20" fill="{self._fill(one)}" '
                f'stroke="#4d4d4d" stroke-width="0.7"/><text x="34" y="16" font-size="17">'
                f"{escape(shortened(one.name))}</text>{self._hint(one)}</g>"
            )

    def _legend(self) -> list[tuple[str, str]]:
        """Return colours and what they stand for: the levels, and a pattern for what depends on the region."""
        counts = dict.fromkeys(self.colours, 0)
        by_region = 0
        for one in self.found:
            if one.effect is Opening.BY_REGION:
                by_region += 1
            elif one.access in counts:
                counts[one.access] += 1
        keys = [
            (
                colour,
                f"{name}: {self._does(name)} ({counts[name]} {'territory' if counts[name] == 1 else 'territories'})",
            )
            for name, colour in self.colours.items()
        ]
        return [*keys, ("url(#regions)", f"depends on the region ({by_region})")] if by_region else keys

    def _does(self, access: str) -> str:
        """Say what an access level does to the action."""
        does = self.vocabulary.access[access].effects.get(self.vocabulary.class_of(self.action) or "")
        if does is None:
            return "says nothing"
        words = {"permit": "permitted", "forbid": "forbidden", "refer": "a person decides"}
        said = words.get(does.effect, does.effect)
        if does.only_if is not None:
            said += f" if {does.only_if.split('.', 1)[-1].replace('_', ' ')}"
        return f"{said}, and {words.get(does.also, does.also)}" if does.also is not None else said

    def _keys(self, top: int) -> Iterator[str]:
        heading = escape(self.action.capitalize())
        yield f'<text x="{_MARGIN}" y="{top}" font-size="24" font-weight="600">{heading}</text>'
        for place, (colour, words) in enumerate(self._legend()):
            y = top + 20 + place * _ROW
            yield (
                f'<g transform="translate({_MARGIN} {y})"><rect width="36" height="22" fill="{colour}" '
                f'stroke="#4d4d4d" stroke-width="0.7"/><text x="48" y="18">{escape(words)}</text></g>'
            )


def shortened(name: str) -> str:
    """Return a territory's name short enough for a column."""
    plain = name if len(name) <= LONGEST else name.split(",", 1)[0].split(" (", 1)[0]
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rstrip() + "…"
