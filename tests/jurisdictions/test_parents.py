from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from compliance.vocabulary import territory
from compliance.vocabulary.unknown import UNKNOWN

TODAY = datetime(2026, 11, 22, tzinfo=UTC)
STANDINGS = {"quoted", "relayed", "secondary", "computed", "house", "recalled"}


@pytest.mark.parametrize("code", ["PR", "GU", "VI", "AS", "MP", "UM", "US-PR", "UM-67", "US-NY"])
def test_what_lies_in_the_united_states(stated, code):
    assert stated.places.at(TODAY).within(code, "US") is True


def test_the_united_states_are_their_states_the_federal_district_and_six_territories(stated):
    inside = stated.places.at(TODAY).inside("US")
    assert inside & set(territory.all_countries()) == {"US", "PR", "GU", "VI", "AS", "MP", "UM"}
    assert {"US-DC", "US-AK", "US-HI"} <= inside


@pytest.mark.parametrize("code", ["GF", "GP", "MF", "MQ", "RE", "YT", "FR-974"])
def test_the_outermost_regions_lie_in_france(stated, code):
    assert stated.places.at(TODAY).within(code, "FR") is True


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("TW", "CN"),
        ("HK", "CN"),
        ("MO", "CN"),
        ("CN-TW", "CN"),
        ("PF", "FR"),
        ("NC", "FR"),
        ("BL", "FR"),
        ("FR-BL", "FR"),
        ("AW", "NL"),
        ("NL-BQ1", "NL"),
        ("FO", "DK"),
        ("GL", "DK"),
        ("SJ", "NO"),
        ("NO-21", "NO"),
        ("BV", "NO"),
        ("GG", "GB"),
        ("JE", "GB"),
        ("IM", "GB"),
        ("GI", "GB"),
        ("FM", "US"),
        ("MH", "US"),
        ("PW", "US"),
        ("XK", "RS"),
        ("US", "PR"),
        ("FR", "RE"),
        ("FI", "AX"),
    ],
)
def test_what_does_not_lie_in_another(stated, code, place):
    assert stated.places.at(TODAY).within(code, place) is False


def test_ukraine_within_crimea_is_not_known(stated):
    assert stated.places.at(TODAY).within("UA", "UA-43") is UNKNOWN
    assert stated.places.at(TODAY).within("UA-43", "UA") is True


def test_every_line_cites_an_authority_that_is_complete_and_every_authority_is_used(stated):
    cited = {line["authority"] for line in stated.parents["parents"]}
    assert cited == set(stated.parents["authorities"])
    for authority in stated.parents["authorities"].values():
        assert set(authority) == {"title", "article", "href", "reviewed_on", "standing"}
        assert date(2026, 1, 1) < date.fromisoformat(authority["reviewed_on"])
        assert authority["standing"] in STANDINGS


def test_no_code_is_stated_twice(stated):
    codes = [line["code"] for line in stated.parents["parents"]]
    assert len(codes) == len(set(codes))


def test_a_line_that_rests_on_memory_lies_in_the_united_states_and_so_only_closes(stated):
    authorities = stated.parents["authorities"]
    recalled = {
        line["within"] for line in stated.parents["parents"] if authorities[line["authority"]]["standing"] == "recalled"
    }
    assert recalled == {"US"}
