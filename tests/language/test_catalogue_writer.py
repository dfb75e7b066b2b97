"""Only what changes is written: comments, order and facts that the list does not know stay as they are."""

from __future__ import annotations

import random

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.language.catalogue_changes import CatalogueChanges, EntryChange, FieldChange, Shelf
from compliance.language.catalogue_writer import scalar, write_changes
from compliance.language.formatter import format_source
from compliance.language.issuer_assets import Asset
from compliance.language.reader import read_source
from compliance.language.span import Source
from tests.language.issuer_list import APPLE, SOLANA, TESLA

PATH = "rules/instruments/xstocks.yaml"
TEXT = f"""\
# A seed, not the list.

catalogue: instrument
product: xstocks
facts: {{chain: "{SOLANA}", affiliated: false}}
authority: [issuer-assets]
entries:
  # The first of all.
  - {{id: AAPLx, name: Apple, underlying: AAPL, asset_class: stock, hours: 24x7,
     isin: CH1436219187, mint: {APPLE}}}   # read twice
  - id: COINx
    name: Coinbase   # the exchange
    underlying: COIN
    hours: 24x5
  # Leveraged: see docs/policy/products.md.
  - {{id: TQQQx, name: ProShares UltraPro QQQ, underlying: TQQQ, asset_class: leveraged-etf, hours: 24x5}}
  - {{id: TSLAx, name: Tesla, underlying: TSLA, mint: {TESLA}}}
"""
SHELF = Shelf(
    "xstocks", " xStock", frozenset({"name", "underlying", "isin", "mint", "chain", "hours"}), ("isin", "mint"), {}
)


def change(id_, **fields):
    return EntryChange(id_, tuple(FieldChange(name, None, new) for name, new in fields.items()))


def new(id_, name="New xStock", **facts):
    told = {"underlying": id_.removesuffix("x"), "chain": SOLANA, "mint": None} | facts
    return Asset(id_, name, told, "page.json#")


def written(text=TEXT, *, remove_gone=False, **changes):
    done = write_changes(
        [Source(PATH, text)], "instrument", SHELF, CatalogueChanges(**changes), remove_gone=remove_gone
    )
    return done.files.get(PATH, text), dict(done.left)


def difference(text=TEXT, **changes):
    """Return the lines that went and the lines that came."""
    after, left = written(text, **changes)
    assert left == {}
    before, now = text.splitlines(), after.splitlines()
    return [line for line in before if line not in now], [line for line in now if line not in before]


# ------------------------------------------------------------------------------------------------ changes


def test_a_value_is_replaced_and_nothing_else():
    gone, came = difference(changed=(change("AAPLx", isin="CH1436219252"),))
    assert gone == [f"     isin: CH1436219187, mint: {APPLE}}}   # read twice"]
    assert came == [f"     isin: CH1436219252, mint: {APPLE}}}   # read twice"]


def test_a_new_key_stands_before_those_that_come_after_it():
    assert difference(changed=(change("TSLAx", isin="CH1436219252"),))[1] == [
        f"  - {{id: TSLAx, name: Tesla, underlying: TSLA, isin: CH1436219252, mint: {TESLA}}}"
    ]


def test_a_new_key_that_has_no_room_on_its_line_takes_the_next():
    assert difference(changed=(change("TQQQx", mint=TESLA),))[1] == [
        "  - {id: TQQQx, name: ProShares UltraPro QQQ, underlying: TQQQ, asset_class: leveraged-etf, hours: 24x5,",
        f"     mint: {TESLA}}}",
    ]


def test_an_entry_written_line_by_line_stays_so():
    assert difference(changed=(change("COINx", isin="CH1436219708", underlying="COIN2"),)) == (
        ["    underlying: COIN"],
        ["    underlying: COIN2", "    isin: CH1436219708"],
    )


def test_two_new_keys_at_one_place_stand_in_the_order_given():
    assert difference(changed=(change("COINx", isin="CH1436219708", mint=TESLA),))[1] == [
        "    isin: CH1436219708",
        f"    mint: {TESLA}",
    ]


def test_an_id_is_changed_like_any_value():
    assert difference(changed=(change("COINx", id="COINBASEx"),)) == (["  - id: COINx"], ["  - id: COINBASEx"])


def test_what_the_issuer_took_away_is_written_as_absent():
    assert difference(changed=(change("TSLAx", mint=None, chain="eip155:1"),))[1] == [
        '  - {id: TSLAx, name: Tesla, underlying: TSLA, mint: null, chain: "eip155:1"}'
    ]


def test_an_entry_that_no_file_has_is_named():
    assert written(changed=(change("NOx", isin="CH1436219252"),)) == (TEXT, {"NOx": "its entry was not found"})


# ------------------------------------------------------------------------------------------------ additions


def test_a_new_entry_stands_in_its_place_and_leaves_comments_with_what_they_are_about():
    after, _ = written(added=(new("CRCLx", isin="CH1436219773", mint=APPLE),))
    assert (
        "    hours: 24x5\n"
        "  - {id: CRCLx, name: New, underlying: CRCL,\n"
        f"     isin: CH1436219773, mint: {APPLE}}}\n"
        "  # Leveraged: see docs/policy/products.md.\n"
    ) in after


def test_the_first_and_the_last_have_their_places_too():
    after, _ = written(added=(new("AAAx"), new("ZZx", chain="eip155:1")))
    assert "entries:\n  - {id: AAAx, name: New, underlying: AAA}\n  # The first of all.\n" in after
    assert after.endswith('  - {id: ZZx, name: New, underlying: ZZ,\n     chain: "eip155:1"}\n')


def test_a_list_that_is_in_no_order_grows_at_its_end():
    text = TEXT.replace("id: AAPLx", "id: ZAPLx")
    assert written(text, added=(new("BBx"), new("ACx")))[0].endswith(
        "  - {id: ACx, name: New, underlying: AC}\n  - {id: BBx, name: New, underlying: BB}\n"
    )


def test_a_list_whose_order_minds_no_capitals_keeps_that_order():
    text = TEXT.replace("id: COINx", "id: bCOINx")
    after, _ = written(text, added=(new("CCx"), new("abx")))
    assert after.index("id: AAPLx") < after.index("id: abx") < after.index("id: bCOINx") < after.index("id: CCx")


def test_a_file_without_a_last_line_feed_gets_one():
    assert written(TEXT.rstrip("\n"), added=(new("ZZx"),))[0] == TEXT + "  - {id: ZZx, name: New, underlying: ZZ}\n"


def test_a_product_without_a_catalogue_is_named():
    assert written(TEXT.replace("product: xstocks", "product: others"), added=(new("ZZx"),))[1] == {
        "ZZx": "there is no catalogue of `xstocks` to write it into"
    }


def test_a_list_in_brackets_is_left_to_who_wrote_it():
    text = "catalogue: instrument\nproduct: xstocks\nauthority: [a]\nentries: [{id: AAPLx}, {id: BBx}]\n"
    after, left = written(text, added=(new("ZZx"),), gone=("BBx",), remove_gone=True)
    assert after == text
    assert set(left) == {"ZZx", "BBx"}


# ------------------------------------------------------------------------------------------------ what is gone


def test_what_is_gone_stays_unless_it_shall_go():
    assert written(gone=("TSLAx",)) == (TEXT, {})
    assert difference(gone=("TSLAx",), remove_gone=True) == ([TEXT.splitlines()[-1]], [])


@pytest.mark.parametrize("id_", ["AAPLx", "COINx", "TQQQx"])
def test_an_entry_beside_which_somebody_wrote_is_not_taken_out(id_):
    after, left = written(gone=(id_,), remove_gone=True)
    assert after == TEXT
    assert "a comment stands beside it" in left[id_]


def test_the_last_entry_is_not_taken_out():
    text = "catalogue: instrument\nproduct: xstocks\nauthority: [a]\nentries:\n  - {id: AAPLx}\n  - {id: BBx}\n"
    after, left = written(text, gone=("AAPLx", "BBx"), remove_gone=True)
    assert after.endswith("entries:\n  - {id: BBx}\n")
    assert "does not compile" in left["BBx"]


# ------------------------------------------------------------------------------------------------ laws


@pytest.mark.parametrize(
    "text", ["NO", "on", "010", "12:30", "1.5", "null", "~", "a: b", "a, b", "a #b", "{a", "-", "é"]
)
def test_a_text_that_a_reader_of_yaml_would_misread_stands_in_quotes(text):
    assert scalar(text) == f'"{text}"'


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Cn", "Co"]), min_size=1, max_size=30))
def test_every_text_is_read_back_in_braces(text):
    assert yaml.safe_load(f"{{a: {scalar(text)}, b: 1}}") == {"a": text, "b": 1}
    node, found = read_source(Source("a.yaml", f"{{a: {scalar(text)}, b: c}}\n"))
    if not found:
        assert node.get("a").value == text


def test_a_plain_text_stands_without_quotes():
    for text in ("Apple", "SPDR S&P 500 ETF Trust", "BRK.B", "Invesco QQQ Trust (Nasdaq-100)", APPLE, "A/S"):
        assert scalar(text) == text


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32))
def test_what_is_written_is_in_its_form_and_the_order_of_changes_does_not_matter(seed):
    draw = random.Random(seed)
    added = tuple(new(f"{draw.choice('ABCDTZ')}{number}x") for number in range(draw.randrange(6)))
    changed = tuple(
        change(id_, isin=f"CH{draw.randrange(10)}", mint=draw.choice([APPLE, None]))
        for id_ in draw.sample(["AAPLx", "COINx", "TQQQx", "TSLAx"], draw.randrange(5))
    )
    after, left = written(added=added, changed=changed)
    assert left == {}
    assert format_source(Source(PATH, after)) == after
    other, _ = written(added=added[::-1], changed=changed[::-1])
    assert other == after
    for comment in ("# A seed, not the list.", "# The first of all.", "# read twice", "# the exchange", "# Leveraged"):
        assert comment in after


NOTES = ("", "   # a note", "  # é🚀 {x: y}")
VALUES = ("X1", '"CH 1"', "'it''s'", '"ON"', '"Étoile 🚀, Inc."', '"a: b"')


def entry(draw, number):
    """Return an entry in one of the ways in which people write them."""
    keys = [key for key in ("name", "underlying", "hours", "isin", "mint") if draw.random() < 0.7]
    if draw.random() < 0.3:
        draw.shuffle(keys)
    pairs = [f"id: A{number}x", *(f"{key}: {draw.choice(VALUES)}" for key in keys)]
    note, half = lambda: draw.choice(NOTES), len(pairs) // 2 or 1
    match draw.randrange(4):
        case 0:
            return f"  - {{{', '.join(pairs)}}}{note()}\n"
        case 1:
            rest = ", ".join(pairs[half:])
            return f"  - {{{', '.join(pairs[:half])},{note()}\n     {rest}}}{note()}\n"
        case 2:
            return "  - " + "    ".join(f"{pair}{note()}\n" for pair in pairs)
    return "  # above\n  -   " + "      ".join(f"{pair}{note()}\n" for pair in pairs)


def entries_of(text):
    node, diagnostics = read_source(Source(PATH, text))
    assert diagnostics == []
    return [{key: one.value.value for key, one in item.entries.items()} for item in node.get("entries").items]


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32))
def test_however_an_entry_is_written_its_values_change_and_nothing_else(seed):
    draw = random.Random(seed)
    head = "catalogue: instrument\nproduct: xstocks\nauthority: [a]\nentries:\n"
    text = head + "".join(entry(draw, number) for number in range(draw.randrange(1, 5)))
    expected, wanted = entries_of(text), []
    for told in expected:
        fresh = {}
        for name in draw.sample(["id", "isin", "mint", "chain", "underlying"], draw.randrange(4)):
            fresh[name] = f"{told['id']}n" if name == "id" else draw.choice(["Q9", "eip155:1", "ON", "é, x"])
        if "mint" in told and draw.random() < 0.3:
            fresh["mint"] = None
        wanted.append(change(told["id"], **fresh))
        told |= {name: "null" if new is None else new for name, new in fresh.items()}
    after, left = written(text, changed=tuple(wanted))
    assert left == {}
    assert entries_of(after) == expected
    for note in ("# a note", "# é🚀 {x: y}", "# above"):
        assert after.count(note) == text.count(note)
