"""The page of a place gathers what is about it and nothing else."""

import pytest

from compliance.pages.place_view import PlaceView
from compliance.pages.survey import Status


@pytest.fixture(scope="module")
def view(material):
    return PlaceView(material)


def ids(shown):
    return {statement.id for statement, _, _ in shown["current"]}


def test_it_shows_the_statements_of_its_own_file_and_of_its_groups(view):
    assert {"BR/law-xstocks", "latin-america/venue-xstocks"} <= ids(view.shows("BR"))
    assert "EEA/questionnaire" in ids(view.shows("DE"))
    assert "EEA/questionnaire" not in ids(view.shows("BR"))


def test_it_shows_only_what_holds_at_the_instant(view):
    shown = view.shows("DE")
    assert "EEA/issuer-xstocks" in ids(shown)
    assert "EEA/prospectus-ended" not in ids(shown)


def test_positions_of_the_law_come_first(view):
    layers = [(one.is_position, one.layer) for one, _, _ in view.shows("NG")["current"]]
    assert layers[0] == (True, "law")
    assert [position for position, _ in layers] == sorted((position for position, _ in layers), reverse=True)


def test_it_says_from_which_amount_the_travel_rule_holds(view):
    # facts.md: SGD 1,500 in Singapore, USD 3,000 in the United States.
    singapore = {one.id: amounts for one, amounts in view.shows("SG")["duties"]}
    assert [str(amount.value) for amount in singapore["travel-rule-singapore"]] == ["1500.00 SGD"]
    america = {one.id: amounts for one, amounts in view.shows("US")["duties"]}
    assert [str(amount.value) for amount in america["travel-rule-united-states"]] == ["3000.00 USD"]
    assert "travel-rule-singapore" not in america


def test_where_it_depends_on_the_region_each_region_is_answered(view):
    regions = dict(view.shows("UA")["regions"])
    crimea = next(found for name, found in regions.items() if "Krym" in name)
    elsewhere = next(found for name, found in regions.items() if name.startswith("elsewhere"))
    assert {one.status for one in crimea if one.action == "buy"} == {Status.CLOSED}
    assert Status.CLOSED not in {one.status for one in elsewhere if one.action == "sell"}
    assert view.shows("BR")["regions"] == []


def test_what_lies_in_another_place_says_so(view):
    assert view.shows("PR")["parent"] == "US"
    assert view.shows("US")["parent"] is None
