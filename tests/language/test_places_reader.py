from __future__ import annotations

from datetime import UTC, datetime

from compliance.vocabulary.period import Period
from compliance.vocabulary.unknown import UNKNOWN
from tests.language.small import ALPS, PARENTS, found, loaded

TODAY = datetime(2026, 6, 1, tzinfo=UTC)
MEMBERS = """\
group: bloc
means: an example
members:
  - {of: [AT, alps], effective: {from: 2020-01-01, through: 2025-12-31}, authority: [act], review_by: 2025-06-30}
  - {of: [UA-43], authority: [act], review_by: 2027-01-31}
"""


def test_groups_parents_and_regions_are_places():
    there = loaded({"jurisdictions/groups/bloc.yaml": MEMBERS}).places.at(TODAY)
    assert there.within("PR", "US") is True
    assert there.within("CH", "alps") is True
    assert there.within("UA-43", "bloc") is True
    assert there.within("UA", "bloc") is UNKNOWN


def test_a_membership_holds_in_its_period():
    places = loaded({"jurisdictions/groups/bloc.yaml": MEMBERS}).places
    assert places.at(datetime(2025, 12, 31, 23, tzinfo=UTC)).within("CH", "bloc") is True
    assert places.at(datetime(2026, 1, 1, tzinfo=UTC)).within("CH", "bloc") is False


def test_a_group_is_stale_from_the_day_after_a_review_date_until_that_membership_ends():
    assert loaded({"jurisdictions/groups/bloc.yaml": MEMBERS}).group_reviews == {
        "bloc": (
            Period(datetime(2025, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
            Period(datetime(2027, 2, 1, tzinfo=UTC)),
        )
    }


def test_a_membership_that_ends_before_its_review_date_makes_nothing_stale():
    ended = MEMBERS.replace("2025-06-30}", "2026-06-30}")
    assert loaded({"jurisdictions/groups/bloc.yaml": ended}).group_reviews == {
        "bloc": (Period(datetime(2027, 2, 1, tzinfo=UTC)),)
    }


def test_a_group_takes_its_review_day_from_the_top_of_its_file():
    page = ALPS + "review_by: 2026-12-31\n"
    assert loaded({"jurisdictions/groups/alps.yaml": page}).group_reviews == {
        "alps": (Period(datetime(2027, 1, 1, tzinfo=UTC)),)
    }


def test_a_membership_without_a_source_is_a_mistake():
    page = ALPS.replace("    authority: [house]\n", "")
    assert [slug for slug, _ in found({"jurisdictions/groups/alps.yaml": page})] == ["missing-authority"]


def test_every_code_of_a_list_that_is_none_is_pointed_at():
    page = ALPS.replace("[AT, CH]", "[AT, SUI, ch, 756]")
    assert found({"jurisdictions/groups/alps.yaml": page}) == [
        ("unknown-place", "SUI"),
        ("unknown-place", "ch"),
        ("unknown-place", "756"),
    ]


def test_a_circle_of_three_groups_is_shown_link_by_link():
    def group(name, member):
        return ALPS.replace("group: alps", f"group: {name}").replace("[AT, CH]", f"[{member}]")

    files = {f"jurisdictions/groups/{name}.yaml": group(name, member) for name, member in ("ab", "bc", "ca")}
    assert found(files) == [("group-cycle", "b")]


def test_what_lies_in_itself_is_left_out_and_said():
    lines = PARENTS + "  - {code: CH, within: CH, authority: act}\n"
    assert found({"jurisdictions/parents.yaml": lines}) == [("parent-cycle", "CH")]


def test_a_territory_lies_in_one_other():
    lines = PARENTS + "  - {code: PR, within: CH, authority: act}\n"
    assert found({"jurisdictions/parents.yaml": lines}) == [("duplicate-name", "PR")]


def test_a_group_that_cannot_be_read_is_no_mistake_where_it_is_named():
    page = ALPS.replace("[AT, CH]", "[AT, tyrol]")
    files = {"jurisdictions/groups/alps.yaml": page, "jurisdictions/groups/tyrol.yaml": "group: [tyrol\n"}
    assert [slug for slug, _ in found(files)] == ["bad-yaml"]
