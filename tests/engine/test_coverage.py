from datetime import UTC, datetime

import pytest

from compliance.engine.coverage import Opening, coverage, products
from compliance.engine.loading import load_book
from compliance.vocabulary import territory

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
RULESET = load_book().at(NOW).ruleset


def covered(code, action="buy", ruleset=RULESET):
    return next(each for each in coverage(ruleset, "xstocks", action) if each.territory == code)


def test_every_territory_is_named_once_in_order():
    found = [each.territory for each in coverage(RULESET, "xstocks", "buy")]
    assert found == sorted(territory.all_countries())
    assert "XK" in found


def test_every_territory_has_a_reason_and_a_source():
    for action in RULESET.vocabulary.all_actions():
        for each in coverage(RULESET, "xstocks", action):
            assert each.reason, (action, each.territory)
            assert each.decisive, (action, each.territory)


@pytest.mark.parametrize("code", ["US", "PR", "VI"])
def test_the_united_states_and_their_territories_are_closed_to_entry(code):
    assert covered(code).effect is Opening.FORBID


def test_where_entry_is_closed_the_exit_is_open():
    assert covered("US", "sell").effect is Opening.PERMIT


def test_a_country_of_which_a_region_is_barred_depends_on_the_region():
    found = covered("UA")
    assert found.effect is Opening.BY_REGION
    assert any("UA-43" in source.regions for source in found.positions)


def test_professionals_only_is_conditional():
    assert (covered("CH").access, covered("CH").effect) == ("professional", Opening.CONDITIONAL)


def test_the_strictest_position_decides_and_all_are_listed():
    for each in coverage(RULESET, "xstocks", "buy"):
        order = list(Opening)
        assert each.effect is min((source.effect for source in each.positions), key=order.index)


def test_no_unconditional_opening_forbids_what_rules_of_the_place_would():
    opened = [each for each in coverage(RULESET, "xstocks", "buy") if each.effect is Opening.PERMIT]
    assert opened
    assert not any(source.effect is Opening.FORBID for each in opened for source in each.positions)


def test_products_are_those_that_are_declared_or_taken_a_position_on():
    assert "xstocks" in products(RULESET)


def test_a_rulebook_without_positions_permits_nothing_by_place():
    from pathlib import Path

    tiny = load_book(Path(__file__).parents[1] / "rulebooks" / "tiny").at(NOW).ruleset
    assert {each.effect for each in coverage(tiny, "anything", "read")} == {Opening.FORBID}
