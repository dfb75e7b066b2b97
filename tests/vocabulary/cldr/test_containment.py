from __future__ import annotations

import pytest

from compliance.vocabulary import territory
from compliance.vocabulary.cldr import cldr_region

CONTINENTS = ("002", "009", "019", "142", "150")


def test_latin_america_contains_puerto_rico_and_the_us_virgin_islands():
    assert {"PR", "VI"} <= cldr_region("419")


def test_oceania_contains_four_territories_of_the_united_states_and_antarctica():
    assert {"GU", "MP", "UM", "AS", "AQ"} <= cldr_region("009")


def test_europe_misses_cyprus_which_is_in_asia():
    assert "CY" not in cldr_region("150")
    assert "CY" in cldr_region("142")
    assert "CY" in cldr_region("EU")


def test_europe_contains_russia_belarus_switzerland_and_the_united_kingdom():
    assert {"RU", "BY", "CH", "GB"} <= cldr_region("150")


def test_unlike_un_m49_cldr_has_kosovo_and_taiwan():
    assert "XK" in cldr_region("150")
    assert "TW" in cldr_region("142")


def test_the_outermost_regions_of_the_european_union_are_in_america_and_africa():
    assert {"GP", "GF", "MQ", "MF"} <= cldr_region("419")
    assert {"RE", "YT"} <= cldr_region("002")


def test_codes_for_parts_of_a_country_are_left_out():
    assert cldr_region("015") == {"DZ", "EG", "EH", "LY", "MA", "SD", "TN"}


def test_the_five_continents_share_out_all_countries():
    regions = [cldr_region(code) for code in CONTINENTS]
    assert sum(len(region) for region in regions) == 250
    assert frozenset().union(*regions) == set(territory.all_countries())


def test_a_code_that_is_no_region_is_refused():
    with pytest.raises(LookupError, match="`999`"):
        cldr_region("999")
