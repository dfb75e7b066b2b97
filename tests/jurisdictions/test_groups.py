from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from compliance.vocabulary import territory
from compliance.vocabulary.cldr import cldr_region
from compliance.vocabulary.unknown import UNKNOWN
from tests.jurisdictions.conftest import FOLDER, read

SHARED = read(FOLDER.parent / "rules" / "authorities.yaml")["authorities"]
TODAY = datetime(2026, 11, 22, tzinfo=UTC)
REGIONS = (
    "EEA",
    "europe-other",
    "latin-america",
    "africa",
    "asia",
    "oceania",
    "northern-america",
    "antarctica",
)
STANDINGS = {"quoted", "relayed", "secondary", "computed", "house", "recalled"}
UNITED_STATES = {"US", "PR", "GU", "VI", "AS", "MP", "UM"}
OUTERMOST = {"GF", "GP", "MF", "MQ", "RE", "YT"}


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


def countries(codes: frozenset[str]) -> set[str]:
    return set(codes) & set(territory.all_countries())


# ------------------------------------------------------------------------------------------------ every file


def test_a_file_is_named_after_its_group_and_says_what_it_means(stated):
    for name, content in stated.groups.items():
        assert content["group"] == name
        assert content["means"]
        assert set(content) >= {"group", "means", "members"}


def test_every_membership_cites_a_complete_authority_that_is_more_than_a_memory(stated):
    for content in stated.groups.values():
        for each in content["members"]:
            assert each["authority"]
            for named in each["authority"]:
                authority = SHARED[named] if isinstance(named, str) else named
                assert set(authority) - {"article"} == {"title", "href", "reviewed_on", "standing"}
                assert date(2026, 1, 1) < date.fromisoformat(authority["reviewed_on"])
                assert authority["standing"] in STANDINGS - {"recalled"}


def test_no_membership_names_a_code_twice(stated):
    for content in stated.groups.values():
        for each in content["members"]:
            assert len(each["of"]) == len(set(each["of"]))


def test_norway_is_text(stated):
    assert "NO" in stated.groups["EEA"]["members"][0]["of"]


# ------------------------------------------------------------------------------------------------ regions


@pytest.mark.parametrize("when", [at(2025, 6, 30), TODAY, at(2031, 1, 1)])
def test_law_every_territory_is_in_exactly_one_region_or_in_the_united_states(stated, when):
    there = stated.places.at(when)
    for code in territory.all_countries():
        homes = [region for region in (*REGIONS, "US") if there.within(code, region) is True]
        assert len(homes) == 1, (code, homes)


def test_law_every_subdivision_is_in_the_region_of_its_country(stated):
    there = stated.places.at(TODAY)
    for country in territory.all_countries():
        for code in territory.subdivisions(country):
            for region in (*REGIONS, "US"):
                assert there.within(code, region) is there.within(country, region)


# What each region is in CLDR, what it lacks and what it has besides. Every difference is stated in words.
DIFFERENCES = {
    "europe-other": (
        "150",
        "the EEA is a region of its own",
        (cldr_region("EU") - {"CY"}) | {"IS", "LI", "NO", "AX"},
        set(),
    ),
    "latin-america": (
        "419",
        "PR and VI lie in the United States, GF GP MF MQ are in the EEA, nobody lives on BV and GS",
        {"PR", "VI", "GF", "GP", "MF", "MQ", "BV", "GS"},
        set(),
    ),
    "africa": (
        "002",
        "RE and YT are in the EEA, nobody lives on TF",
        {"RE", "YT", "TF"},
        set(),
    ),
    "asia": (
        "142",
        "CY is in the EEA",
        {"CY"},
        set(),
    ),
    "oceania": (
        "009",
        "AS GU MP UM lie in the United States, AQ and HM are the Antarctic",
        {"AS", "GU", "MP", "UM", "AQ", "HM"},
        set(),
    ),
    "northern-america": (
        "021",
        "US has positions of its own",
        {"US"},
        set(),
    ),
    "EEA": (
        "EU",
        "IS LI NO joined by agreement, the Union's law applies in six outermost regions and on Aland",
        set(),
        {"IS", "LI", "NO", "GF", "GP", "MF", "MQ", "RE", "YT", "AX"},
    ),
}


@pytest.mark.parametrize(("region", "difference"), DIFFERENCES.items(), ids=DIFFERENCES.keys())
def test_a_region_differs_from_cldr_only_as_stated(stated, region, difference):
    code, why, lacks, has_besides = difference
    ours, theirs = countries(stated.places.at(TODAY).members(region)), cldr_region(code)
    assert theirs - ours == lacks, why
    assert ours - theirs == has_besides, why


def test_the_antarctic_is_what_the_other_regions_left_out(stated):
    assert stated.places.at(TODAY).members("antarctica") == {"AQ", "BV", "GS", "HM", "TF"}


def test_no_region_opens_the_united_states_or_a_territory_of_theirs(stated):
    there = stated.places.at(TODAY)
    for region in REGIONS:
        assert not countries(there.inside(region)) & UNITED_STATES


def test_the_european_economic_area_has_30_states(stated):
    members = stated.places.at(TODAY).members("EEA")
    assert len(members - OUTERMOST - {"AX"}) == 30
    assert {"IS", "LI", "NO", "CY", "BG"} <= members


@pytest.mark.parametrize("code", ["RE", "GP", "MF", "AX", "FR-974", "PT-20", "ES-CN", "FI-01"])
def test_the_law_of_the_union_applies_in_the_outermost_regions_and_on_aland(stated, code):
    assert stated.places.at(TODAY).within(code, "EEA") is True


@pytest.mark.parametrize("code", ["GB", "CH", "GG", "GL", "FO", "NC", "PF", "BL", "PM", "AW", "BQ", "SJ", "NL-BQ1"])
def test_what_is_not_in_the_european_economic_area(stated, code):
    assert stated.places.at(TODAY).within(code, "EEA") is False


def test_the_european_economic_area_starts_when_the_united_kingdom_left(stated):
    assert stated.places.at(at(2020, 1, 31)).members("EEA") == frozenset()
    assert stated.places.at(at(2020, 2, 1)).within("DE", "EEA") is True


# ------------------------------------------------------------------------------------------------ FATF and EU lists

PLENARIES = [
    (at(2025, 6, 13), 24, {"BO", "VG", "BF", "MZ", "NG", "ZA", "DZ", "NA"}, {"HR", "ML", "TZ", "KW", "PG"}),
    (at(2025, 10, 24), 20, {"BO", "DZ", "NA"}, {"BF", "MZ", "NG", "ZA", "KW", "PG", "BA", "IQ"}),
    (at(2026, 2, 13), 22, {"KW", "PG", "DZ", "NA"}, {"BA", "IQ"}),
    (at(2026, 6, 19), 22, {"KW", "PG", "BA", "IQ", "BG"}, {"DZ", "NA"}),
]


@pytest.mark.parametrize(
    ("when", "size", "listed", "not_listed"), PLENARIES, ids=[str(row[0].date()) for row in PLENARIES]
)
def test_the_list_of_increased_monitoring_after_a_plenary(stated, when, size, listed, not_listed):
    members = stated.places.at(when).members("fatf-increased-monitoring")
    assert len(members) == size
    assert listed <= members
    assert not members & not_listed


@pytest.mark.parametrize(
    ("before", "after", "added", "removed"),
    [
        (at(2025, 10, 23), at(2025, 10, 24), set(), {"BF", "MZ", "NG", "ZA"}),
        (at(2026, 2, 12), at(2026, 2, 13), {"KW", "PG"}, set()),
        (at(2026, 6, 18), at(2026, 6, 19), {"BA", "IQ"}, {"DZ", "NA"}),
    ],
)
def test_a_plenary_changes_the_list_by_what_it_announced(stated, before, after, added, removed):
    earlier = stated.places.at(before).members("fatf-increased-monitoring")
    later = stated.places.at(after).members("fatf-increased-monitoring")
    assert later - earlier == added
    assert earlier - later == removed


def test_the_call_for_action_names_three_countries_none_of_which_is_only_monitored(stated):
    there = stated.places.at(TODAY)
    assert there.members("fatf-call-for-action") == {"IR", "KP", "MM"}
    assert not there.members("fatf-call-for-action") & there.members("fatf-increased-monitoring")


def test_no_list_of_the_fatf_names_russia_whose_membership_is_suspended(stated):
    for when in (*(row[0] for row in PLENARIES), TODAY):
        for name in ("fatf-call-for-action", "fatf-increased-monitoring"):
            assert stated.places.at(when).within("RU", name) is False


def test_the_union_lists_26_third_countries_from_29_january_2026_none_of_them_its_own(stated):
    assert stated.places.at(at(2026, 1, 28)).members("eu-high-risk") == frozenset()
    there = stated.places.at(at(2026, 1, 29))
    assert len(there.members("eu-high-risk")) == 26
    assert "RU" in there.members("eu-high-risk")
    assert not there.inside("eu-high-risk") & there.inside("EEA")


# ------------------------------------------------------------------------------------------------ sanctions


def test_syria_was_under_a_comprehensive_programme_until_the_end_of_june_2025(stated):
    assert stated.places.at(at(2025, 6, 30)).within("SY", "sanctioned-comprehensive") is True
    assert stated.places.at(at(2025, 7, 1)).within("SY", "sanctioned-comprehensive") is False
    assert stated.places.at(at(2025, 7, 1)).within("SY", "backed-prohibited") is True
    assert stated.places.at(TODAY).members("sanctioned-comprehensive") == {"CU", "IR", "KP"}


@pytest.mark.parametrize(
    ("code", "ofac", "issuer"),
    [
        ("UA-43", True, True),
        ("UA-40", True, True),
        ("UA-14", True, True),
        ("UA-09", True, True),
        ("UA-23", False, True),
        ("UA-65", False, True),
        ("UA-46", False, False),
        ("UA", UNKNOWN, UNKNOWN),
        ("RU", False, False),
    ],
)
def test_occupied_ukraine(stated, code, ofac, issuer):
    there = stated.places.at(TODAY)
    assert there.within(code, "occupied-ukraine-ofac") is ofac
    assert there.within(code, "occupied-ukraine-issuer") is issuer


# ------------------------------------------------------------------------------------------------ issuer and venue


def test_between_the_two_copies_of_the_issuers_page_the_philippines_came_and_turkey_went(stated):
    earlier = stated.places.at(at(2026, 9, 20)).members("backed-non-serviceable")
    later = stated.places.at(at(2026, 9, 21)).members("backed-non-serviceable")
    assert later - earlier == {"PH"}
    assert earlier - later == {"TR"}
    assert len(countries(earlier)) == len(countries(later)) == 23


def test_the_issuer_does_not_service_occupied_ukraine_and_of_ukraine_it_is_not_known(stated):
    there = stated.places.at(TODAY)
    assert there.within("UA-43", "backed-non-serviceable") is True
    assert there.within("UA-46", "backed-non-serviceable") is False
    assert there.within("UA", "backed-non-serviceable") is UNKNOWN


def test_the_venue_excludes_four_countries_and_excluded_the_union_until_september_2025(stated):
    assert stated.places.at(TODAY).members("kraken-excluded") == {"AU", "CA", "GB", "US"}
    assert stated.places.at(TODAY).within("PR", "kraken-excluded") is True
    assert stated.places.at(at(2025, 9, 30)).within("DE", "kraken-excluded") is True
    assert stated.places.at(at(2025, 10, 1)).within("DE", "kraken-excluded") is False
    assert stated.places.at(at(2025, 9, 30)).within("NO", "kraken-excluded") is False


def test_the_vaults_exclude_eleven_countries_from_their_start(stated):
    assert stated.places.at(at(2026, 9, 13)).members("kraken-vaults-excluded") == frozenset()
    members = stated.places.at(at(2026, 9, 14)).members("kraken-vaults-excluded")
    assert len(members) == 11
    assert stated.places.at(TODAY).members("kraken-excluded") < members
