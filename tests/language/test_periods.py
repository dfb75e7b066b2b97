from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from compliance.language.periods import Dated, check_gaps, check_overlaps, day_after, midnight
from compliance.language.span import Span
from compliance.vocabulary.period import ALWAYS, Period
from tests.language.small import loaded, only

RULE = """\
rule: example
effect: forbid
actions: [entry]
says: an example
authority: [act]
"""


def example(more):
    rules = loaded({"rules/extra.yaml": RULE + more}).rules
    return next(rule for rule in rules if rule.id == "example")


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("{from: 2026-01-01}", Period(at(2026, 1, 1), None)),
        ("{from: 2026-01-01, through: 2026-01-31}", Period(at(2026, 1, 1), at(2026, 2, 1))),
        ("{through: 2026-01-31}", Period(None, at(2026, 2, 1))),
        ("{until: 2026-01-31T12:00:00Z}", Period(None, at(2026, 1, 31, 12))),
        ("{from: 2026-01-31T12:00:00+01:00}", Period(at(2026, 1, 31, 11), None)),
        ("{from: 2026-01-01, through: 2026-01-01}", Period(at(2026, 1, 1), at(2026, 1, 2))),
        ("{from: 2026-07-01, zone: Europe/Zurich}", Period(at(2026, 6, 30, 22), None)),
        ("{through: 2026-03-29, zone: Europe/Zurich}", Period(None, at(2026, 3, 29, 22))),
        ("{from: 0001-01-01, zone: Asia/Tokyo}", Period(at(1, 1, 1), None)),
        ("{through: 9999-12-31}", Period(None, datetime.max.replace(tzinfo=UTC))),
    ],
)
def test_a_date_is_a_day_in_its_zone(written, period):
    assert example(f"effective: {written}\n").effective == period


def test_the_zone_may_stand_beside_the_statement_or_at_the_top_of_the_file():
    assert example("zone: Asia/Tokyo\neffective: {from: 2026-01-01}\n").effective == Period(at(2025, 12, 31, 15), None)
    page = "jurisdiction: JP\nname: Japan\nzone: Asia/Tokyo\nrules:\n  - " + RULE.replace("\n", "\n    ")
    rulebook = loaded({"jurisdictions/JP.yaml": page + "effective: {from: 2026-01-01}\n"})
    rule = next(rule for rule in rulebook.rules if rule.id == "JP/example")
    assert rule.effective == Period(at(2025, 12, 31, 15), None)


def test_without_a_period_a_rule_always_holds():
    assert example("").effective is None


def test_a_review_is_due_when_its_day_is_over():
    assert example("review_by: 2026-12-31\n").review_by == at(2027, 1, 1)


def test_a_file_gives_its_review_day_to_the_statements_that_have_none():
    page = "jurisdiction: JP\nname: Japan\nreview_by: 2026-06-30\nrules:\n  - " + RULE.replace("\n", "\n    ")
    assert [rule.review_by for rule in loaded({"jurisdictions/JP.yaml": page}).rules if rule.id == "JP/example"] == [
        at(2026, 7, 1)
    ]


def test_a_day_that_skips_midnight_begins_when_the_clock_jumps():
    # On 5 September 2026 at 24:00 clocks in Santiago go from 24:00 to 1:00.
    assert midnight(date(2026, 9, 6), ZoneInfo("America/Santiago")) == at(2026, 9, 6, 4)


def test_the_last_day_of_the_calendar_has_an_end():
    assert day_after(date.max, None) == datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "../etc/passwd", "/etc/passwd", "America", "Europe/Zürich", "x" * 500]
)
def test_what_is_no_time_zone_is_a_diagnostic(name):
    assert only({"rules/extra.yaml": RULE + f"zone: {name}\n"}).slug == "unknown-zone"


def dated(*periods):
    return [Dated(period, Span("a", line, 1, line, 2)) for line, period in enumerate(periods, start=1)]


def test_the_later_of_two_that_overlap_is_pointed_at():
    found = []
    one, two = Period(at(2025, 1, 1), at(2026, 1, 1)), Period(at(2025, 12, 31), None)
    check_overlaps("it", dated(one, two), "twice", found)
    assert [(each.slug, each.span.line, each.notes[0].span.line) for each in found] == [("overlapping-periods", 2, 1)]


def test_two_that_always_hold_are_the_same_thing_twice():
    found = []
    check_overlaps("it", dated(ALWAYS, ALWAYS), "twice", found)
    assert [each.slug for each in found] == ["twice"]


def test_periods_that_touch_neither_overlap_nor_leave_a_gap():
    found = []
    touching = dated(Period(None, at(2026, 1, 1)), Period(at(2026, 1, 1), None))
    check_overlaps("it", touching, "twice", found)
    check_gaps("it", touching, found)
    assert found == []


def test_a_gap_is_pointed_at_where_it_ends_whatever_the_order_of_the_file():
    found = []
    late, early = Period(at(2026, 3, 1), None), Period(at(2025, 1, 1), at(2026, 1, 1))
    check_gaps("it", dated(late, early), found)
    assert [(each.slug, each.span.line) for each in found] == [("period-gap", 1)]
    assert found[0].message == "it has no value from 2026-01-01 until 2026-03-01"


def test_a_long_period_covers_the_gap_between_two_short_ones():
    found = []
    long, one, two = (
        Period(at(2025, 1, 1), at(2027, 1, 1)),
        Period(at(2025, 2, 1), at(2025, 3, 1)),
        Period(at(2026, 2, 1), None),
    )
    check_gaps("it", dated(long, one, two), found)
    assert found == []
