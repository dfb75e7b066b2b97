"""An issuer's list is compared, and written only when asked; what is wrong with it is said and never a traceback."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.cli import importing
from compliance.cli.exits import Exit
from compliance.language.formatter import format_source
from compliance.language.loader import load_catalogue, read_folder
from compliance.language.span import Source
from tests.cli.support import ROOT, TINY, run
from tests.language.issuer_list import APPLE, asset, many, on, page, pages

CATALOGUE = Path("rules") / "instruments" / "xstocks.yaml"
EXAMPLE = ROOT / "docs" / "examples" / "issuer-assets.json"
IMPORT = ("instruments", "import")


@pytest.fixture
def book(tmp_path):
    """Return a folder with the shipped catalogues, which may be edited."""
    return copied(tmp_path / "book")


def copied(folder):
    shutil.copytree(ROOT / "rules", folder / "rules")
    return folder


def save(folder, *trees):
    files = [folder / f"page-{place:02}.json" for place in range(len(trees))]
    for file, tree in zip(files, trees, strict=True):
        file.write_text(json.dumps(tree), encoding="utf-8")
    return files


def catalogue(book):
    made, diagnostics = load_catalogue(read_folder(book))
    assert not diagnostics
    return made.catalogue["instrument"]


def texts(book):
    return {path: path.read_text(encoding="utf-8") for path in book.rglob("*.yaml")}


# ------------------------------------------------------------------------------------------------ showing


def test_what_the_list_adds_and_changes_is_shown_and_nothing_is_written(tmp_path, book):
    before = texts(book)
    more = asset("NEWx", name="New & Co xStock", isin=None, **on("XLayer", "0x" + "1" * 40))
    files = save(tmp_path, page(asset("APPLx"), more))
    done = run(*IMPORT, *files, "--product", "xstocks", "--rulebook", book)
    assert done.code == Exit.FINE
    assert "New & Co" in done.out
    assert "AAPLx changes what identifies an instrument" in done.out
    assert "2 assets of xstocks: 1 added, 1 changed, 78 gone, 0 as they are" in done.out
    assert texts(book) == before


def test_json_has_every_difference(tmp_path, book):
    listed = page(asset("APPLx", isTradingHalted=True), asset("NEWx", isin=None, deployments=[]))
    done = run(*IMPORT, *save(tmp_path, listed), "--product", "xstocks", "--rulebook", book, "--json").json
    assert done["changed"] == [{"id": "AAPLx", "fields": [{"field": "id", "old": "AAPLx", "new": "APPLx"}]}]
    assert (done["added"], done["undeployed"], done["halted"]) == ([], ["NEWx"], ["APPLx"])
    assert len(done["gone"]) == 78
    assert (done["assets"], done["unchanged"], done["whole"], done["written"]) == (2, 0, True, [])


def test_the_product_is_the_one_whose_instruments_the_list_has(tmp_path, book):
    assert run(*IMPORT, *save(tmp_path, page(asset())), "--rulebook", book, "--json").json["product"] == "xstocks"
    done = run(*IMPORT, *save(tmp_path, page(asset("NEWx", isin=None, **on("Solana", "1" * 32)))), "--rulebook", book)
    assert done.code == Exit.BAD_INPUT
    assert "add `--product`: one of dshares, ondo-stocks, xstocks" in done.err


def test_check_ends_with_1_where_something_would_be_written(tmp_path, book):
    same = save(tmp_path, page(asset()))
    assert run(*IMPORT, *same, "--check", "--rulebook", book).code == Exit.FINE
    assert run(*IMPORT, *same, "--check", "--remove-gone", "--rulebook", book).code == Exit.PROBLEMS
    other = save(tmp_path, page(asset(underlyingSymbol="APPLE")))
    assert run(*IMPORT, *other, "--check", "--rulebook", book).code == Exit.PROBLEMS
    assert run(*IMPORT, *other, "--check", "--write", "--rulebook", book).code == Exit.BAD_INPUT


def test_a_list_of_which_pages_are_missing_is_refused_unless_that_is_said(tmp_path, book):
    files = save(tmp_path, page(asset(), more=True))
    done = run(*IMPORT, *files, "--rulebook", book)
    assert done.code == Exit.BAD_INPUT
    assert "pages of the list are missing" in done.err
    done = run(*IMPORT, *files, "--partial", "--rulebook", book, "--json")
    assert done.code == Exit.FINE
    assert done.json["gone"] == []
    assert not done.json["whole"]


def test_a_list_may_come_on_standard_input(book):
    done = run(*IMPORT, "-", "--rulebook", book, "--json", stdin=json.dumps(page(asset())))
    assert done.json["unchanged"] == 1


def test_the_example_of_the_documentation_is_of_the_shipped_catalogue():
    done = run(*IMPORT, EXAMPLE, "--partial", "--rulebook", ROOT, "--json").json
    assert (done["unchanged"], done["changed"]) == (2, [])
    assert [added["id"] for added in done["added"]] == ["FSLRx"]


# ------------------------------------------------------------------------------------------------ writing


def test_a_catalogue_is_written_in_its_form_with_what_the_list_does_not_know(tmp_path, book):
    before = catalogue(book)
    assert before["TQQQx"].facts["resource.asset_class"] == "leveraged-etf"
    text = (book / CATALOGUE).read_text(encoding="utf-8")
    files = save(tmp_path, *pages([asset(underlyingSymbol="APPLE"), *many(300)]))
    done = run(*IMPORT, *files, "--write", "--product", "xstocks", "--rulebook", book)
    assert done.code == Exit.FINE
    assert f"wrote {CATALOGUE.as_posix()}" in done.out
    assert "give what was added its `asset_class:`, which no list states" in done.out
    after, written = catalogue(book), (book / CATALOGUE).read_text(encoding="utf-8")
    assert len(after) == len(before) + 300 - 6
    assert after["AAPLx"].facts == before["AAPLx"].facts | {"resource.underlying": "APPLE"}
    for id_, entry in before.items():
        assert id_ == "AAPLx" or (after[id_].facts, after[id_].name) == (entry.facts, entry.name)
    assert written.startswith(text[: text.index("catalogue:")])
    assert format_source(Source("a.yaml", written)) == written
    assert run("fmt", "--check", book / CATALOGUE).code == Exit.FINE


def test_an_added_instrument_says_what_the_list_says(tmp_path, book):
    fresh = next(one for one in many(9) if one["isin"] and one["deployments"][0]["network"] == "Solana")
    run(*IMPORT, *save(tmp_path, page(asset(), fresh)), "--write", "--rulebook", book)
    entry = catalogue(book)[fresh["symbol"]]
    assert entry.facts["resource.isin"] == fresh["isin"]
    assert entry.facts["resource.mint"] == fresh["deployments"][0]["address"]
    assert entry.facts["resource.underlying"] == fresh["underlyingSymbol"]
    assert entry.name == fresh["name"].removesuffix(" xStock")


def test_what_is_gone_is_taken_out_only_when_asked_and_not_where_a_comment_stands(tmp_path, book):
    file = book / CATALOGUE
    file.write_text(file.read_text().replace("  - {id: TSLAx", "  # Kept for its holders.\n  - {id: TSLAx"))
    files = save(tmp_path, page(asset()))
    assert run(*IMPORT, *files, "--write", "--rulebook", book).code == Exit.FINE
    assert len([e for e in catalogue(book).values() if e.product == "xstocks"]) == 79
    done = run(*IMPORT, *files, "--write", "--remove-gone", "--rulebook", book)
    assert done.code == Exit.PROBLEMS
    assert "left TSLAx: a comment stands beside it" in done.out
    assert [e.id for e in catalogue(book).values() if e.product == "xstocks"] == ["AAPLx", "TSLAx"]


def test_a_list_as_long_as_the_issuers_is_imported_whole_and_a_second_time_changes_nothing(tmp_path, book):
    files = save(tmp_path, *pages([*many(1_025), asset()]))
    words = (*files, "--product", "xstocks", "--rulebook", book)
    first = run(*IMPORT, *words, "--write", "--json").json
    assert (first["assets"], len(first["added"]), first["unchanged"]) == (1_026, 1_005, 1)
    before = texts(book)
    second = run(*IMPORT, *words, "--write", "--json").json
    assert (second["added"], second["changed"], second["written"]) == ([], [], [])
    assert second["unchanged"] == 1_006
    assert texts(book) == before
    assert run(*IMPORT, *words, "--check").code == Exit.FINE


def test_a_catalogue_that_would_not_compile_is_not_written(tmp_path, book):
    file = book / "rules" / "vocabulary.yaml"
    text = file.read_text().replace(
        "mint: {type: string, format: solana-address, from: [request, catalogue], optional: true,",
        "mint: {type: string, format: solana-address, from: [request, catalogue],",
    )
    file.write_text(text)
    before = texts(book)
    done = run(*IMPORT, *save(tmp_path, page(asset(**on("XLayer", "0x" + "1" * 40)))), "--write", "--rulebook", book)
    assert done.code == Exit.PROBLEMS
    assert "nothing was written" in done.err
    assert texts(book) == before


@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), count=st.integers(0, 30))
def test_the_order_of_assets_does_not_matter_and_a_second_import_changes_nothing(tmp_path_factory, seed, count):
    listed = [asset(), *many(count, seed)]
    outcomes = []
    for order in (listed, random.Random(seed).sample(listed, len(listed))):
        folder = tmp_path_factory.mktemp("order")
        book = copied(folder / "book")
        files = save(folder, *pages(order, 7))
        for _ in range(2):
            assert run(*IMPORT, *files, "--write", "--rulebook", book).code == Exit.FINE
            outcomes.append((book / CATALOGUE).read_text(encoding="utf-8"))
    assert len(set(outcomes)) == 1


# ------------------------------------------------------------------------------------------------ bad input


def refused(book, *files):
    before = texts(book)
    done = run(*IMPORT, *files, "--product", "xstocks", "--rulebook", book, "--write")
    assert done.code == Exit.BAD_INPUT
    assert texts(book) == before
    assert "nothing was imported" in done.err
    assert "help: " in done.err
    return done.err


@pytest.mark.parametrize(
    ("tree", "where", "said"),
    [
        ({"assets": []}, ".json: ", "`nodes` is missing"),
        (page(asset(), asset()), "#/nodes/1/symbol: ", "the symbol `AAPLx` stands twice"),
        (page(asset(isin="CH1436219188")), "#/nodes/0/isin: ", "the check digit of `CH143621918` is 7"),
        (page(asset(**on("Solana", APPLE[:-1]))), "#/nodes/0/deployments/0/address: ", "31 bytes and not 32"),
        (page(asset(**on("Moon", APPLE))), "#/nodes/0/deployments/0/network: ", "there is no network `Moon`"),
        (page(asset(isin="CH1436219252")), "#/nodes/0: ", "it is `TSLAx` by its isin and `AAPLx` by its mint"),
    ],
)
def test_a_list_with_a_mistake_is_refused_with_its_place(tmp_path, book, tree, where, said):
    err = refused(book, *save(tmp_path, tree))
    assert f"page-00.json{where.removeprefix('.json')}" in err
    assert said in err


def test_what_is_not_json_is_refused(tmp_path, book):
    file = tmp_path / "page.json"
    file.write_text("<html>403 Forbidden</html>")
    assert "it is not JSON" in refused(book, file)
    file.write_bytes(b'{"nodes": "\xff"}')
    assert "it is not UTF-8" in refused(book, file)
    file.write_text('{"nodes": [], "nodes": []}')
    assert "`nodes` stands twice in one object" in refused(book, file)
    file.write_text("[" * 100_000)
    refused(book, file)


def test_a_file_that_is_not_there_or_too_long_is_refused(tmp_path, book, monkeypatch):
    assert "no such file" in refused(book, tmp_path / "nowhere.json")
    monkeypatch.setattr(importing, "LONGEST_LIST", 10)
    assert "it is longer than 10 bytes" in refused(book, *save(tmp_path, page(asset())))


def test_json_has_all_problems_of_a_list_and_the_terminal_the_first(tmp_path, book):
    files = save(tmp_path, page(*(asset(f"A{number}x", isin="x") for number in range(30))))
    err = refused(book, *files)
    assert err.count("error: ") == importing.MOST_SHOWN
    assert "more: `--json` has all of them" in err
    done = run(*IMPORT, *files, "--rulebook", book, "--json")
    assert done.code == Exit.BAD_INPUT
    assert len([one for one in done.json["problems"] if one["pointer"].endswith("/isin")]) == 30


def test_a_product_that_is_not_there_is_answered_with_the_one_that_was_meant(tmp_path, book):
    files = save(tmp_path, page(asset()))
    done = run(*IMPORT, *files, "--product", "xstock", "--rulebook", book)
    assert (done.code, "did you mean `xstocks`" in done.err) == (Exit.BAD_INPUT, True)
    done = run(*IMPORT, *files, "--product", "xstocks-vaults", "--rulebook", book)
    assert (done.code, "no catalogue of `xstocks-vaults`" in done.err) == (Exit.BAD_INPUT, True)


def test_a_rulebook_without_instruments_or_with_a_mistake_is_said(tmp_path, book):
    files = save(tmp_path, page(asset()))
    assert "no type of resource `instrument`" in run(*IMPORT, *files, "--rulebook", TINY).err
    file = book / CATALOGUE
    file.write_text(file.read_text().replace("id: TSLAx", "id: AAPLx"))
    done = run(*IMPORT, *files, "--rulebook", book)
    assert done.code == Exit.PROBLEMS
    assert "duplicate-id" in done.err
