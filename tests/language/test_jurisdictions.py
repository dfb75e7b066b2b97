from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compliance.vocabulary import territory
from tests.language.small import ALPS, SWITZERLAND, found, loaded


def test_a_jurisdictions_page_has_its_iso_name_its_review_its_sources_and_its_notes():
    more = "review_by: 2026-12-31\nauthority: [act]\nnotes: [professionals only]\n"
    page = loaded({"jurisdictions/CH.yaml": SWITZERLAND + more}).jurisdictions["CH"]
    assert (page.code, page.name, page.is_group) == ("CH", "Switzerland", False)
    assert page.review_by == datetime(2027, 1, 1, tzinfo=UTC)
    assert [each.title for each in page.authority] == ["Act"]
    assert page.notes == ("professionals only",)


def test_a_groups_page_says_what_it_means_and_cites_what_its_memberships_cite():
    page = loaded({}).jurisdictions["alps"]
    assert (page.name, page.is_group) == ("alps", True)
    assert page.notes == ("the high places",)
    assert [each.title for each in page.authority] == ["Decision of the house"]


def test_a_group_may_have_a_name_for_people():
    page = ALPS.replace("means:", "name: The Alps\nmeans:")
    assert loaded({"jurisdictions/groups/alps.yaml": page}).jurisdictions["alps"].name == "The Alps"


@pytest.mark.parametrize("code", ["CH", "BQ-BO", "AE-DU", "XK", "GB"])
def test_a_territory_is_called_as_iso_calls_it(code):
    page = f"jurisdiction: {code}\nname: {territory.name(code)}\n"
    assert loaded({f"jurisdictions/{code}.yaml": page}).jurisdictions[code].name == territory.name(code)


def test_the_code_the_name_and_the_file_are_checked_one_by_one():
    page = "jurisdiction: LI\nname: Lichtenstein\n"
    assert found({"jurisdictions/FL.yaml": page}) == [
        ("file-name-mismatch", "LI"),
        ("wrong-territory-name", "Lichtenstein"),
    ]


def test_the_statements_of_a_page_whose_code_is_wrong_are_read_all_the_same():
    page = "jurisdiction: FL\nname: Liechtenstein\nrules:\n  - {rule: a, effect: forbit, actions: [entry], says: b, authority: [act]}\n"
    assert found({"jurisdictions/FL.yaml": page}) == [("unknown-territory", "FL"), ("unknown-effect", "forbit")]


def test_a_group_may_hold_positions_rules_definitions_and_parameters():
    page = (
        ALPS
        + """\
positions:
  - {layer: venue, product: shares, access: open, authority: [act]}
definitions:
  - {define: subject.skilled, means: never, is: "false"}
parameters:
  - {parameter: limit, means: the most, type: int, values: [{value: 1, authority: [act]}]}
rules:
  - {rule: no-more, effect: forbid, actions: [entry], says: an example, authority: [act]}
"""
    )
    rulebook = loaded({"jurisdictions/groups/alps.yaml": page.replace('"false"', "'false'")})
    assert {rule.id for rule in rulebook.rules if rule.jurisdiction == "alps"} == {
        "alps/no-more",
        "alps/venue-shares/entry-permit",
        "alps/venue-shares/exit-permit",
    }
    assert ("subject.skilled", "alps") in {(each.name, each.jurisdiction) for each in rulebook.definitions}
    assert ("limit", "alps") in {(each.name, each.jurisdiction) for each in rulebook.parameters}
