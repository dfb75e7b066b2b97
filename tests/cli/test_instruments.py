"""Catalogues are listed, and searched by any word of them."""

from compliance.cli.exits import Exit
from tests.cli.support import TINY, run


def test_all_instruments_are_listed():
    done = run("instruments")
    assert done.code == Exit.FINE
    assert "AAPLx" in done.out
    assert done.out.splitlines()[-1] == "83 of 83"


def test_one_is_found_by_any_identifier():
    found = run("instruments", "XsDoVfqeBukxuZHWhdvWHBhgEHjGNst4MLodqsJHzoB", "--json").json["entries"]
    assert [entry["id"] for entry in found] == ["TSLAx"]
    assert found[0]["facts"]["resource.isin"] == "CH1436219252"


def test_a_product_narrows_the_list():
    assert run("instruments", "--product", "nothing", "--json").json == {"count": 0, "entries": []}


def test_other_catalogues_are_named_by_their_type():
    assert run("instruments", "--type", "document", "--rulebook", TINY, "--json").json["count"] == 3


def test_a_catalogue_that_is_not_there_is_said():
    done = run("instruments", "--type", "documents", "--rulebook", TINY)
    assert done.code == Exit.BAD_INPUT
    assert "did you mean `document`" in done.err
