"""What a list adds, changes and lacks is said, and what it does not know is no change."""

from __future__ import annotations

from compliance.language.catalogue_changes import Shelf, changes_between
from compliance.language.issuer_assets import Asset
from compliance.language.rulebook import CatalogueEntry
from compliance.language.span import NOWHERE
from tests.language.issuer_list import APPLE, SOLANA, TESLA


def entry(id_="AAPLx", product="xstocks", name="Apple", **facts):
    told = {"underlying": "AAPL", "isin": "CH1436219187", "mint": APPLE, "chain": SOLANA, "hours": "24x7"} | facts
    named = {f"resource.{fact}": value for fact, value in told.items()}
    return CatalogueEntry("instrument", id_, named | {"resource.name": name}, NOWHERE, product, name)


def shelf(*entries):
    return Shelf(
        product="xstocks",
        suffix=" xStock",
        facts=frozenset({"name", "underlying", "isin", "mint", "chain", "hours"}),
        identified_by=("isin", "mint"),
        entries={one.id: one for one in entries},
    )


def listed(id_="AAPLx", name="Apple xStock", **facts):
    told = {"underlying": "AAPL", "isin": "CH1436219187", "mint": APPLE, "chain": SOLANA} | facts
    return Asset(id_, name, {fact: text for fact, text in told.items() if text != "-"}, f"page.json#/nodes/{id_}")


def changes(entries, assets, undeployed=()):
    found, problems = changes_between(shelf(*entries), assets, undeployed)
    assert problems == []
    return found


def fields(found):
    return [(change.id, one.field, one.old, one.new) for change in found.changed for one in change.fields]


def problem(entries, assets):
    _, problems = changes_between(shelf(*entries), assets)
    assert len(problems) == 1
    return problems[0]


def test_what_the_catalogue_has_already_is_no_change():
    found = changes([entry()], [listed()])
    assert (found.added, found.changed, found.gone, found.unchanged) == ((), (), (), 1)


def test_what_the_list_does_not_know_is_no_change():
    assert not changes([entry(hours="24x5", asset_class="stock")], [listed(isin="-", underlying="-")]).changed


def test_an_asset_that_the_catalogue_lacks_is_added():
    found = changes([entry()], [listed(), listed("TSLAx", isin="CH1436219252", mint=TESLA)])
    assert [asset.id for asset in found.added] == ["TSLAx"]


def test_a_changed_field_is_said_with_both_values():
    assert fields(changes([entry()], [listed(underlying="AAPL2")])) == [("AAPLx", "underlying", "AAPL", "AAPL2")]


def test_an_isin_that_the_catalogue_lacks_is_a_change_of_it():
    assert fields(changes([entry(isin=None)], [listed()])) == [("AAPLx", "isin", None, "CH1436219187")]


def test_a_mint_that_the_issuer_took_away_is_a_change():
    found = changes([entry()], [listed(mint=None, chain="eip155:1")])
    assert fields(found) == [("AAPLx", "mint", APPLE, None), ("AAPLx", "chain", SOLANA, "eip155:1")]


def test_what_identifies_comes_before_what_does_not():
    found = changes([entry()], [listed(underlying="X", mint=TESLA)])
    assert [one.field for one in found.changed[0].fields] == ["mint", "underlying"]


def test_a_fact_that_the_vocabulary_lacks_is_not_looked_at():
    assert not changes([entry()], [listed(decimals="8")]).changed


def test_an_instrument_is_known_by_its_mint_whatever_it_is_called():
    assert fields(changes([entry("OLDx", isin=None)], [listed("AAPLx", isin="-")])) == [("OLDx", "id", "OLDx", "AAPLx")]


def test_a_ticker_that_passes_to_another_token_makes_a_change_and_an_addition():
    found = changes([entry()], [listed("APPLx"), listed("AAPLx", isin="CH1436219252", mint=TESLA)])
    assert fields(found) == [("AAPLx", "id", "AAPLx", "APPLx")]
    assert [asset.facts["mint"] for asset in found.added] == [TESLA]


def test_an_instrument_without_identifiers_is_known_by_its_id():
    assert not changes([entry(isin=None, mint=None)], [listed(isin="-", mint=None)]).changed


def test_what_the_list_lacks_is_gone_unless_it_stands_on_no_chain_yet():
    entries = [entry(), entry("TSLAx", isin="CH1436219252", mint=TESLA)]
    assert changes(entries, [listed()]).gone == ("TSLAx",)
    assert changes(entries, [listed()], ["TSLAx"]).gone == ()


def test_the_instruments_of_other_products_are_not_gone():
    assert changes([entry(), entry("AAPLon", "ondo-stocks", isin=None, mint=None)], [listed()]).gone == ()


def test_a_name_that_somebody_wrote_is_kept_and_the_issuers_is_said():
    found = changes([entry(name="Apple Inc., Cupertino")], [listed()])
    assert not found.changed
    assert [(one.field, one.old, one.new) for one in found.named] == [("AAPLx", "Apple Inc., Cupertino", "Apple")]
    assert not changes([entry()], [listed()]).named
    assert not changes([entry(name="Apple xStock")], [listed()]).named


def test_an_asset_that_is_two_instruments_is_refused():
    entries = [entry(mint=None), entry("TSLAx", isin="CH1436219252", mint=TESLA)]
    found = problem(entries, [listed(mint=TESLA)])
    assert "it is `AAPLx` by its isin and `TSLAx` by its mint" in found.message
    assert (found.file, found.pointer) == ("page.json", "/nodes/AAPLx")


def test_two_assets_that_are_one_instrument_are_refused():
    found = problem([entry()], [listed("Ax", mint=TESLA), listed("Bx", isin="CH1436219252")])
    assert "it would be `AAPLx` a second time" in found.message


def test_an_instrument_of_another_product_is_refused():
    assert "of the product `ondo-stocks`" in problem([entry("AAPLon", "ondo-stocks")], [listed()]).message
    other = entry("AAPLx", "ondo-stocks", isin=None, mint=None)
    assert "`ondo-stocks` has an instrument of this id" in problem([other], [listed()]).message
