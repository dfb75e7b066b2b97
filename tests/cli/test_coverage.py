"""Every territory is listed, as a table, as JSON or as a map."""

import pytest

from compliance.cli.exits import Exit
from compliance.vocabulary import territory
from tests.cli.support import TINY, run

AT = ("--as-of", "2026-10-05")


def test_every_territory_has_a_reason_and_a_source():
    done = run("coverage", "--product", "xstocks", "--action", "buy", "--json", *AT)
    assert done.code == Exit.FINE
    found = done.json["territories"]
    assert {one["territory"] for one in found} == set(territory.all_countries())
    assert all(one["reason"] and one["sources"] for one in found)


def test_the_table_names_them_and_counts_what_they_come_to():
    out = run("coverage", *AT).out
    assert "xstocks: buy at 2026-10-05 00:00 UTC" in out
    assert " PR " in out
    assert f"{len(territory.all_countries())} territories: " in out


def test_the_day_matters():
    before = run("coverage", "--as-of", "2020-01-01", "--json").json["territories"]
    assert {one["effect"] for one in before} == {"forbid"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--product", "xstock"), "did you mean `xstocks`"),
        (("--action", "by"), "did you mean `buy`"),
        (("--as-of", "yesterday"), "`--as-of` is no instant"),
        (("--map", "/nowhere/at/all.svg"), "cannot be written"),
    ],
)
def test_what_is_not_known_is_said(words, said):
    done = run("coverage", *words)
    assert done.code == Exit.BAD_INPUT
    assert said in done.err


def test_a_map_is_one_file(tmp_path):
    file = tmp_path / "map.svg"
    done = run("coverage", "--map", file, *AT)
    assert done.code == Exit.FINE
    text = file.read_text()
    assert text.startswith("<svg")
    assert "As of 05 October 2026" in text
    assert "xstocks: buy" in text


def test_a_rulebook_without_the_product_says_what_it_has():
    assert run("coverage", "--rulebook", TINY).code == Exit.BAD_INPUT
