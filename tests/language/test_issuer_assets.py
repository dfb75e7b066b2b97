"""An issuer's list is read whole, or everything that is wrong with it is said, each with its place."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.language.issuer_assets import MOST_ASSETS, read_assets
from tests.language.issuer_list import APPLE, CHAINS, CONTRACT, SOLANA, TESLA, asset, isin, many, on, page, pages


def read(*trees):
    found, problems = read_assets([(f"page-{place}.json", tree) for place, tree in enumerate(trees)], CHAINS)
    assert (found is None) == bool(problems)
    return found, problems


def only(tree):
    found, problems = read(tree)
    assert not problems, problems
    return found.assets[0]


def wrong(tree):
    """Return the one problem of a page."""
    found, problems = read(tree)
    assert found is None
    assert len(problems) == 1, problems
    return problems[0]


# ------------------------------------------------------------------------------------------------ what is read


def test_an_asset_is_its_symbol_its_name_and_what_identifies_it():
    found = only(page(asset()))
    assert (found.id, found.name) == ("AAPLx", "Apple xStock")
    assert found.facts == {"underlying": "AAPL", "isin": "CH1436219187", "mint": APPLE, "chain": SOLANA}
    assert found.networks == (SOLANA, "eip155:196")


def test_a_chain_whose_addresses_identify_is_taken_before_one_whose_addresses_do_not():
    deployments = asset()["deployments"][::-1]
    assert only(page(asset(deployments=deployments))) == only(page(asset()))


def test_an_asset_that_stands_elsewhere_has_that_chain_and_no_mint():
    found = only(page(asset(**on("Ethereum", CONTRACT))))
    assert (found.facts["chain"], found.facts["mint"]) == ("eip155:1", None)


def test_the_name_of_a_network_counts_in_any_case():
    assert only(page(asset(**on("ton", "EQ-anything")))).facts["chain"] == "ton:-239"


def test_an_isin_of_null_says_nothing_about_the_isin():
    assert "isin" not in only(page(asset(isin=None))).facts


def test_the_underlying_is_read_from_either_of_its_two_places():
    found = only(page(asset(underlyingSymbol=None, underlying={"symbol": "AAPL", "type": None})))
    assert found.facts["underlying"] == "AAPL"
    assert "underlying" not in only(page(asset(underlyingSymbol=None, underlying=None))).facts


def test_what_stands_on_no_chain_yet_is_named_apart():
    found, _ = read(page(asset(deployments=[])))
    assert (found.assets, found.undeployed) == ((), ("AAPLx",))


def test_a_halt_is_noted():
    assert only(page(asset(isTradingHalted=True))).halted
    assert not only(page(asset(isTradingHalted=None))).halted


def test_pages_may_come_one_a_file_or_all_in_one_or_as_a_bare_list():
    assets = many(250)
    one_a_file, _ = read(*pages(assets))
    in_one, _ = read(pages(assets))
    bare, _ = read(assets)
    assert one_a_file == read(*pages(assets))[0]
    ids = [found.id for found in one_a_file.assets]
    assert len(ids) + len(one_a_file.undeployed) == 250
    for other in (in_one, bare):
        assert [(found.id, found.facts) for found in other.assets] == [
            (found.id, found.facts) for found in one_a_file.assets
        ]
    assert one_a_file.whole
    assert in_one.whole
    assert bare.whole


@pytest.mark.parametrize("kept", [[0, 1], [1, 2], [0, 2]])
def test_a_list_of_which_a_page_is_missing_is_not_whole(kept):
    listed = pages(many(250))
    found, _ = read(*(listed[place] for place in kept))
    assert not found.whole


def test_pages_count_from_0_so_that_who_begins_at_1_lacks_a_hundred():
    found, _ = read(page(asset(), number=1))
    assert not found.whole


# ------------------------------------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize(
    ("tree", "pointer", "said"),
    [
        ("text", "", "this is no list of assets but a text"),
        (None, "", "this is no list of assets but null"),
        (7, "", "this is no list of assets but a number"),
        ({}, "", "this is no list of assets: `nodes` is missing"),
        ({"nodes": {}}, "/nodes", "this is no list of assets: `nodes` is an object and no list"),
        ([{"nodes": 1}], "/0/nodes", "this is no list of assets: `nodes` is a number and no list"),
        (page(), "", "the list has no assets"),
        ([], "", "the list has no assets"),
        (page([]), "/nodes/0", "an asset is an object, not a list"),
        ({"nodes": [asset()], "page": {"currentPage": "0", "hasNextPage": False}}, "/page", "`page` does not say"),
        ({"nodes": [asset()], "page": {"currentPage": True, "hasNextPage": False}}, "/page", "`page` does not say"),
        ({"nodes": [asset()], "page": 1}, "/page", "`page` does not say"),
    ],
)
def test_what_is_no_list_of_assets_is_refused(tree, pointer, said):
    problem = wrong(tree)
    assert problem.pointer == pointer
    assert problem.message.startswith(said)
    assert problem.help


@pytest.mark.parametrize(
    ("changed", "pointer", "said"),
    [
        ({"symbol": None}, "/nodes/0/symbol", "`symbol` is missing"),
        ({"symbol": ""}, "/nodes/0/symbol", "`symbol` is empty"),
        ({"symbol": 7}, "/nodes/0/symbol", "`symbol` is a text, not a number"),
        ({"symbol": "AAPLx "}, "/nodes/0/symbol", "not one line of at most 200 signs"),
        ({"symbol": "AAP\u200bLx"}, "/nodes/0/symbol", "not one line of at most 200 signs"),
        ({"symbol": "A" * 201}, "/nodes/0/symbol", "not one line of at most 200 signs"),
        ({"name": None}, "/nodes/0/name", "`AAPLx`: `name` is missing"),
        ({"name": "Apple\nxStock"}, "/nodes/0/name", "not one line of at most 200 signs"),
        ({"isin": "CH1436219188"}, "/nodes/0/isin", "the check digit of `CH143621918` is 7, not 8"),
        ({"isin": "ch1436219187"}, "/nodes/0/isin", "letters must be capitals"),
        ({"isin": 1436219187}, "/nodes/0/isin", "`isin` is a text, not a number"),
        ({"isTradingHalted": "no"}, "/nodes/0/isTradingHalted", "is true or false, not a text"),
        ({"deployments": {}}, "/nodes/0/deployments", "`deployments` is an object and no list"),
        ({"deployments": [1]}, "/nodes/0/deployments/0", "a deployment is an object, not a number"),
        (on("Solano", APPLE), "/nodes/0/deployments/0/network", "there is no network `Solano`"),
        (on("Solana", APPLE[:-1]), "/nodes/0/deployments/0/address", "it decodes to 31 bytes and not 32"),
        (on("Solana", APPLE[:-1] + "0"), "/nodes/0/deployments/0/address", "base58 has no `0`"),
        (on("Solana", f"svm:{APPLE}"), "/nodes/0/deployments/0/address", "is not a valid Solana address"),
        (on("Ethereum", APPLE), "/nodes/0/deployments/0/address", "it must be `0x` and 40 hexadecimal digits"),
        (on("Ethereum", CONTRACT.replace("d", "D", 1)), "/nodes/0/deployments/0/address", "not those of its checksum"),
        ({"deployments": [{"network": "Solana"}]}, "/nodes/0/deployments/0", "`AAPLx`: `address` is missing"),
    ],
)
def test_a_field_that_is_wrong_is_pointed_at_with_what_is_wrong(changed, pointer, said):
    problem = wrong(page(asset(**changed)))
    assert (problem.file, problem.pointer) == ("page-0.json", pointer)
    assert said in problem.message


def test_a_misspelt_network_is_answered_with_the_one_that_was_meant_and_where_new_ones_go():
    problem = wrong(page(asset(**on("Solano", APPLE))))
    assert "did you mean `Solana`" in problem.help
    assert "`networks:`" in problem.help


def test_an_address_with_the_name_of_its_chain_is_answered_with_the_version_that_has_none():
    assert "version 2" in wrong(page(asset(**on("Solana", f"svm:{APPLE}")))).help


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"isin": "CH1436219252", "deployments": []}, "the symbol `AAPLx` stands twice"),
        ({"symbol": "TSLAx", "deployments": []}, "`TSLAx`: the ISIN `CH1436219187` stands twice"),
        ({"symbol": "TSLAx", "isin": None, **on("Solana", APPLE)}, f"`TSLAx`: the mint `{APPLE}` stands twice"),
        ({"symbol": "TSLAx", "isin": None, **on("XLayer", CONTRACT)}, "the address on XLayer"),
    ],
)
def test_what_identifies_an_asset_stands_in_the_list_once(second, said):
    found, problems = read(page(asset(), more=True), page(asset(**second), number=1))
    assert found is None
    assert said in problems[0].message
    assert "page-0.json#/nodes/0/" in problems[0].help


def test_a_network_stands_once_at_an_asset():
    listed = [{"network": "Solana", "address": APPLE}, {"network": "SOLANA", "address": TESLA}]
    assert "it stands twice on `SOLANA`" in wrong(page(asset(deployments=listed))).message


def test_a_page_is_read_once():
    found, problems = read(page(asset()), page(asset("TSLAx", isin=None, deployments=[])))
    assert found is None
    assert [(problem.file, problem.message) for problem in problems] == [("page-1.json", "page 0 is given twice")]


def test_every_mistake_of_a_list_is_said_at_once():
    _, problems = read(page(asset(isin="x", **on("Nowhere", APPLE)), {"symbol": "B"}, 7))
    assert [problem.pointer for problem in problems] == [
        "/nodes/0/isin",
        "/nodes/0/deployments/0/network",
        "/nodes/1",
        "/nodes/2",
    ]


def test_a_list_without_end_is_refused():
    problem = wrong([7] * (MOST_ASSETS + 1))
    assert "more than 20000" in problem.message


# ------------------------------------------------------------------------------------------------ laws


def test_the_generated_list_is_as_long_as_the_issuers_and_has_nothing_wrong():
    found, problems = read(*pages(many(1_026)))
    assert problems == []
    assert len(found.assets) + len(found.undeployed) == 1_026
    assert found.whole


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_the_order_of_assets_does_not_matter(seed, count):
    listed = many(count, seed)
    shuffled = random.Random(seed).sample(listed, count)
    straight, crossed = read(listed)[0], read(shuffled)[0]
    assert [(one.id, one.facts) for one in straight.assets] == [(one.id, one.facts) for one in crossed.assets]
    assert straight.undeployed == crossed.undeployed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["nodes", "page", "symbol", "name", "isin", "deployments"]), inner)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.lists(JSON, max_size=3))
def test_whatever_json_says_is_read_or_refused_and_never_raises(trees):
    read(*trees)


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(1, 9))
def test_an_isin_with_another_check_digit_is_refused(digits, more):
    right = isin(f"CH{digits}")
    assert only(page(asset(isin=right))).facts["isin"] == right
    wrong(page(asset(isin=right[:-1] + str((int(right[-1]) + more) % 10))))
