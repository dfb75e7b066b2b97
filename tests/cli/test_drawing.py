"""A map shows every territory: drawn, listed beside, or both; and it is a document that every browser reads."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from compliance import load
from compliance.cli.drawing import PALETTES, draw, shortened
from compliance.engine.coverage import coverage
from compliance.vocabulary import territory

SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def ruleset():
    return load().at(NOW).ruleset


@pytest.fixture(scope="module")
def picture(ruleset):
    found = coverage(ruleset, "xstocks", "buy")
    return ET.fromstring(draw(found, ruleset.vocabulary, "buy", "xstocks & more: buy", "5 October <2026>"))  # noqa: S314 - our own text


def fills(picture):
    return {path.get("id"): path.get("fill") for path in picture.iter(f"{SVG}path") if path.get("id")}


def texts(picture):
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


def test_every_territory_is_drawn_or_listed(picture):
    hints = [title.text or "" for title in picture.iter(f"{SVG}title")]
    shown = {match[1] for hint in hints if (match := re.search(r"\(([A-Z]{2})\): ", hint))}
    assert shown == set(territory.all_countries())


def test_what_is_too_small_to_see_stands_beside_the_map(picture):
    said = texts(picture)
    assert "Too small for the map" in said
    assert {"Hong Kong", "Liechtenstein", "Virgin Islands, U.S.", "Virgin Islands, British"} <= set(said)


def test_the_colour_is_that_of_the_access(picture):
    palette = PALETTES[5]
    found = fills(picture)
    assert found["MX"] == palette[0]
    assert found["CH"] == palette[2]
    assert found["US"] == found["PR"] == palette[3]
    assert found["IR"] == palette[4]


def test_what_depends_on_the_region_is_striped(picture):
    assert fills(picture)["UA"] == "url(#regions)"


def test_the_legend_says_what_each_access_does_to_the_action(picture):
    said = " | ".join(texts(picture))
    assert "open: permitted (" in said
    assert "review: permitted, and a person decides (" in said
    assert "professional: permitted if professional (" in said
    assert "exit-only: forbidden (" in said
    assert "depends on the region (1)" in said


def test_title_and_date_are_escaped(picture):
    assert "xstocks & more: buy" in texts(picture)
    assert "5 October <2026>" in texts(picture)


def test_the_picture_needs_no_other_file(ruleset):
    text = draw(coverage(ruleset, "xstocks", "sell"), ruleset.vocabulary, "sell", "xstocks: sell", "")
    assert "href" not in text
    assert "url(http" not in text


def test_no_two_steps_of_a_palette_are_alike():
    assert all(len(set(palette)) == len(palette) == count for count, palette in PALETTES.items())


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Andorra", "Andorra"),
        ("Virgin Islands, U.S.", "Virgin Islands, U.S."),
        ("Bonaire, Sint Eustatius and Saba", "Bonaire"),
        ("British Indian Ocean Territory", "British Indian Ocean Terr…"),
    ],
)
def test_a_long_name_is_shortened(name, short):
    assert shortened(name) == short
