"""What has to be read again at an instant: each kind of statement, the day itself, and what is history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from compliance.language.diagnostic import Severity
from compliance.language.reviews import NEAR, reviews
from tests.language.small import loaded

LAST = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
AFTER = datetime(2026, 7, 1, tzinfo=UTC)
"""The first instant after the review date 2026-06-30."""
RULE = """\
rule: example
effect: forbid
actions: [entry]
says: an example
authority: [act]
review_by: 2026-06-30
"""
GROUP = """\
group: bloc
means: an example
members:
  - {of: [AT], effective: {from: 2020-01-01, through: 2025-12-31}, authority: [act], review_by: 2025-06-30}
  - {of: [CH], effective: {from: 2026-01-01}, authority: [act], review_by: 2026-06-30}
"""


def slugs(files, at):
    return [found.slug for found in reviews(loaded(files), at)]


def test_a_statement_is_good_to_the_end_of_its_review_date_and_expired_after_it():
    assert slugs({"rules/extra.yaml": RULE}, LAST) == ["review-due"]
    assert slugs({"rules/extra.yaml": RULE}, AFTER) == ["expired-review"]


def test_a_warning_comes_thirty_days_before_and_not_earlier():
    assert slugs({"rules/extra.yaml": RULE}, AFTER - NEAR) == ["review-due"]
    assert slugs({"rules/extra.yaml": RULE}, AFTER - NEAR - timedelta(seconds=1)) == []


def test_nothing_that_has_to_be_read_again_stops_a_rulebook():
    assert {found.severity for found in reviews(loaded({"rules/extra.yaml": RULE}), AFTER)} == {Severity.WARNING}


def test_a_list_of_members_that_was_replaced_is_history():
    found = reviews(loaded({"jurisdictions/groups/bloc.yaml": GROUP}), AFTER)
    assert [each.message for each in found] == ["the list of members of `bloc` had to be read again by 2026-06-30"]


def test_a_rule_that_ended_is_history():
    ended = RULE + "effective: {from: 2020-01-01, through: 2026-06-30}\n"
    assert slugs({"rules/extra.yaml": ended}, LAST) == ["review-due"]
    assert slugs({"rules/extra.yaml": ended}, AFTER) == []


def test_a_position_is_named_once_whatever_it_means():
    page = """\
jurisdiction: LI
name: Liechtenstein
positions:
  - {layer: law, product: shares, access: watched, authority: [act], says: x, effective: {from: 2020-01-01}, review_by: 2026-06-30}
"""
    found = reviews(loaded({"jurisdictions/LI.yaml": page}), AFTER)
    assert [each.message for each in found] == ["the position `LI/law-shares` had to be read again by 2026-06-30"]
