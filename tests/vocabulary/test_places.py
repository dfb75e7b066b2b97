from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary import territory
from compliance.vocabulary.places import Group, Membership, Places, PlacesError, UnknownPlace
from compliance.vocabulary.territory import UnknownTerritory
from compliance.vocabulary.unknown import UNKNOWN

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PARENTS = {"PR": "US", "UM": "US", "AX": "FI"}


def group(name: str, *codes: str, start: datetime | None = None, end: datetime | None = None) -> Group:
    return Group(name, (Membership(frozenset(codes), start, end),))


def places(*groups: Group, parents: dict[str, str] | None = None) -> Places:
    return Places(PARENTS if parents is None else parents, {each.name: each for each in groups})


HERE = places(
    group("nordic", "FI", "NO"),
    group("northern", "nordic", "EE"),
    group("crimea", "UA-43", "UA-40"),
    group("crimea-and-russia", "crimea", "RU"),
    group("ukraine-and-crimea", "UA", "UA-43"),
    group("coast", "US-CA", "PR"),
    group("nobody"),
).at(NOON)


@pytest.mark.parametrize(
    ("code", "place", "expected"),
    [
        ("US", "US", True),
        ("PR", "US", True),
        ("US-PR", "US", True),
        ("US-NY", "US", True),
        ("UM-67", "US", True),
        ("US", "PR", False),
        ("US", "UM-67", False),
        ("DE", "US", False),
        ("UA-43", "UA", True),
        ("UA", "UA-43", UNKNOWN),
        ("UA-43", "UA-40", False),
        ("RU", "UA-43", False),
        ("FR-75C", "FR-IDF", True),
        ("FR-IDF", "FR-75C", UNKNOWN),
        ("FR", "FR-75C", UNKNOWN),
        ("FR-67", "FR-IDF", False),
        ("HK", "CN", False),
        ("TW", "CN", False),
        ("CN-HK", "CN", False),
        ("CN", "CN-HK", False),
        ("PF", "FR", False),
        ("FR", "FR-PF", False),
        ("US", "US-PR", False),
        ("PR", "US-PR", True),
        ("NL-BQ1", "BQ", True),
        ("NL-BQ1", "NL", False),
        ("BQ", "NL-BQ1", UNKNOWN),
        ("NL", "NL-BQ1", False),
        ("XK", "RS", False),
    ],
)
def test_a_territory_within_a_territory(code: str, place: str, expected: object):
    assert HERE.within(code, place) is expected


@pytest.mark.parametrize(
    ("code", "place", "expected"),
    [
        ("NO", "nordic", True),
        ("AX", "nordic", True),
        ("NO-03", "nordic", True),
        ("SE", "nordic", False),
        ("EE", "nordic", False),
        ("NO", "northern", True),
        ("AX", "northern", True),
        ("UA-43", "crimea", True),
        ("UA", "crimea", UNKNOWN),
        ("UA-14", "crimea", False),
        ("UA", "crimea-and-russia", UNKNOWN),
        ("RU", "crimea-and-russia", True),
        ("UA", "ukraine-and-crimea", True),
        ("US", "coast", UNKNOWN),
        ("US-CA", "coast", True),
        ("US-NY", "coast", False),
        ("PR", "coast", True),
        ("US", "nobody", False),
    ],
)
def test_a_territory_within_a_group(code: str, place: str, expected: object):
    assert HERE.within(code, place) is expected


def test_the_members_of_a_group_are_those_of_the_groups_in_it_too():
    assert HERE.members("northern") == {"FI", "NO", "EE"}


def test_a_twin_in_a_group_is_read_as_its_own_code():
    assert places(group("ports", "CN-HK")).at(NOON).members("ports") == {"HK"}


def test_a_place_is_a_territory_or_a_group():
    assert HERE.is_place("PR")
    assert HERE.is_place("US-PR")
    assert HERE.is_place("nordic")
    assert not HERE.is_place("Nordic")
    assert not HERE.is_place("UK")


def test_a_membership_starts_with_its_first_instant_and_ends_before_its_last():
    start, end = NOON, NOON + timedelta(days=1)
    dated = places(group("list", "KP", start=start, end=end))
    moment = timedelta(microseconds=1)
    assert dated.at(start - moment).within("KP", "list") is False
    assert dated.at(start).within("KP", "list") is True
    assert dated.at(end - moment).within("KP", "list") is True
    assert dated.at(end).within("KP", "list") is False


def test_between_two_memberships_a_group_has_nobody():
    day = timedelta(days=1)
    spans = (Membership(frozenset({"KP"}), None, NOON), Membership(frozenset({"IR"}), NOON + day, None))
    dated = places(Group("list", spans))
    assert dated.at(NOON - day).members("list") == {"KP"}
    assert dated.at(NOON).members("list") == frozenset()
    assert dated.at(NOON + day).members("list") == {"IR"}


def test_memberships_that_overlap_add_up():
    spans = (Membership(frozenset({"KP"})), Membership(frozenset({"IR"}), NOON, None))
    assert places(Group("list", spans)).at(NOON).members("list") == {"KP", "IR"}


def test_an_instant_in_another_zone_is_the_same_instant():
    dated = places(group("list", "KP", start=NOON))
    assert dated.at(datetime.fromisoformat("2026-11-22T13:00:00+01:00")).members("list") == {"KP"}
    assert dated.at(datetime.fromisoformat("2026-11-22T12:59:59+01:00")).members("list") == frozenset()


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(PlacesError, match="without a time zone"):
        places().at(datetime(2026, 11, 22))  # noqa: DTZ001  (that is what is refused)


def test_a_name_that_is_no_place_is_refused_with_what_may_have_been_meant():
    for ask in (HERE.inside, HERE.coarse):
        with pytest.raises(UnknownPlace, match="did you mean `nordic`"):
            ask("nordik")
    with pytest.raises(UnknownPlace):
        HERE.members("FI")
    with pytest.raises(UnknownPlace, match="did you mean `GB`"):
        HERE.within("FI", "UK")


def test_a_code_that_is_no_territory_is_refused_and_not_outside():
    with pytest.raises(UnknownTerritory):
        HERE.within("usa", "US")


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ((group("a", "b"), group("b", "c"), group("c", "a")), "`a` contains `b` contains `c` contains `a`"),
        ((group("a", "a"),), "`a` contains `a`"),
        ((group("NO", "SE"),), "`NO` is a territory"),
        ((group("US-PR", "SE"),), "`US-PR` is a territory"),
        ((group("a", "SE", start=NOON, end=NOON),), "ends before it starts"),
    ],
)
def test_groups_that_contradict_themselves_are_refused(groups: tuple[Group, ...], sentence: str):
    with pytest.raises(PlacesError, match=sentence):
        places(*groups)


def test_a_circle_is_refused_even_if_its_parts_are_never_in_force_together():
    with pytest.raises(PlacesError, match="cannot contain itself"):
        places(group("a", "b", end=NOON), group("b", "a", start=NOON))


def test_a_member_that_does_not_exist_is_refused():
    with pytest.raises(UnknownPlace, match="`UK` is neither a territory nor a group; did you mean `GB`"):
        places(group("a", "UK"))


@pytest.mark.parametrize(
    ("parents", "sentence"),
    [
        ({"PR": "US", "US": "PR"}, "nothing lies in itself"),
        ({"PR": "PR"}, "nothing lies in itself"),
        ({"UA-43": "UA"}, "`UA-43` is a subdivision"),
        ({"PR": "US-NY"}, "`US-NY` is a subdivision"),
        ({"US-PR": "US"}, "`US-PR` is a subdivision"),
    ],
)
def test_parents_that_contradict_themselves_are_refused(parents: dict[str, str], sentence: str):
    with pytest.raises(PlacesError, match=sentence):
        places(parents=parents)


CODES = sorted(
    {
        "US",
        "PR",
        "UM",
        "US-CA",
        "UM-67",
        "FI",
        "AX",
        "FI-18",
        "UA",
        "UA-43",
        "UA-14",
        "FR",
        "FR-IDF",
        "FR-75C",
        "NO",
    }
)
SOME_CODES = st.frozensets(st.sampled_from(CODES), max_size=5)


@given(SOME_CODES, SOME_CODES)
def test_law_a_larger_group_never_turns_true_into_something_else(smaller: frozenset[str], more: frozenset[str]):
    there = places(group("small", *smaller), group("large", *(smaller | more))).at(NOON)
    for code in CODES:
        if there.within(code, "small") is True:
            assert there.within(code, "large") is True
        if there.within(code, "small") is UNKNOWN:
            assert there.within(code, "large") is not False


@given(SOME_CODES)
def test_law_nesting_a_group_changes_nothing(codes: frozenset[str]):
    there = places(group("inner", *codes), group("outer", "inner")).at(NOON)
    assert there.inside("inner") == there.inside("outer")
    assert there.coarse("inner") == there.coarse("outer")


@given(SOME_CODES, st.sampled_from(CODES))
def test_law_what_lies_in_a_member_is_within_the_group(codes: frozenset[str], code: str):
    there = places(group("some", *codes)).at(NOON)
    for member in codes:
        if there.within(code, member) is True:
            assert there.within(code, "some") is True


@given(SOME_CODES, st.sampled_from(CODES))
def test_law_a_whole_is_not_outside_a_group_that_a_subdivision_of_it_is_in(codes: frozenset[str], code: str):
    there = places(group("some", *codes)).at(NOON)
    if there.within(code, "some") is True:
        for whole in territory.enclosing(code):
            assert there.within(whole, "some") is not False


@given(SOME_CODES)
def test_law_inside_and_coarse_are_disjoint_and_say_what_within_says(codes: frozenset[str]):
    there = places(group("some", *codes)).at(NOON)
    inside, coarse = there.inside("some"), there.coarse("some")
    assert not inside & coarse
    for code in CODES:
        expected = True if code in inside else UNKNOWN if code in coarse else False
        assert there.within(code, "some") is expected
