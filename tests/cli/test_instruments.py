"""Catalogues are listed, and searched by any word of them; one entry is shown with all that is on file about it."""

import pytest

from compliance.cli.exits import Exit
from tests.cli.support import TINY, copy_of_tiny, run


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


def test_list_may_be_said_and_finds_what_is_called_like_a_command():
    assert run("instruments", "list", "tesla", "--json").json == run("instruments", "tesla", "--json").json
    assert run("instruments", "list", "import", "--json").json["count"] == 0


def test_a_catalogue_that_does_not_compile_is_not_listed(tmp_path):
    book = copy_of_tiny(tmp_path)
    file = book / "rules" / "catalogues" / "documents.yaml"
    file.write_text(file.read_text().replace("secrecy: internal", "secrecy: hidden", 1))
    done = run("instruments", "--type", "document", "--rulebook", book)
    assert done.code == Exit.PROBLEMS
    assert "bad-value" in done.err


MINT = "XsDoVfqeBukxuZHWhdvWHBhgEHjGNst4MLodqsJHzoB"


@pytest.mark.parametrize(
    "key", ["TSLAx", "CH1436219252", MINT, f"solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:{MINT}"]
)
def test_one_is_shown_by_its_id_or_any_identifier(key):
    done = run("instruments", "show", key)
    assert done.code == Exit.FINE
    assert done.out.startswith("TSLAx  Tesla  (xstocks)\nrules/instruments/xstocks.yaml:")
    assert MINT in done.out


def test_what_is_shown_says_what_is_not_on_file_and_what_only_a_feed_says():
    shown = run("instruments", "show", "ABBVx", "--json").json
    assert shown["facts"]["resource.hours"] == "24x5"
    assert "resource.isin" in shown["blank"]
    assert {"resource.halted", "resource.paused"} <= set(shown["fed"])
    text = run("instruments", "show", "ABBVx").out
    assert text.index("not on file") < text.index("isin") < text.index("from a feed")
    assert "absent" in text.split("terminates_on")[1].splitlines()[0]


def test_other_catalogues_are_shown_too():
    assert "Notes on the engine" in run("instruments", "show", "notes", "--type", "document", "--rulebook", TINY).out


def test_what_the_catalogue_lacks_is_answered_with_what_was_meant():
    done = run("instruments", "show", "TSLA")
    assert done.code == Exit.BAD_INPUT
    assert "`TSLAx`" in done.err
    assert run("instruments", "show", "eip155:1/erc20:0x0").code == Exit.BAD_INPUT
