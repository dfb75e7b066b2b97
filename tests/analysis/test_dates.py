"""Every date moves by a day either way; what would say one thing twice moves its neighbour along."""

from datetime import UTC, datetime

from compliance.analysis.dates import dates, day_or_instant
from tests.language.small import loaded

SWISS = """\
jurisdiction: CH
name: Switzerland
positions:
  - {layer: law, product: shares, access: skilled, effective: {from: 2026-01-01, through: 2026-05-31}, authority: [act]}
  - {layer: law, product: shares, access: open, effective: {from: 2026-06-01}, authority: [act]}
"""
LIMIT = """\
parameter: limit
means: the limit
type: int
values:
  - {value: 1, effective: {from: 2026-01-01, through: 2026-03-31}, authority: [act]}
  - {value: 2, effective: {from: 2026-04-01}, authority: [act]}
"""
ALPS = """\
group: alps
means: the high places
members:
  - {of: [AT, CH], effective: {through: 2025-12-31}, authority: [house]}
  - {of: [AT], effective: {from: 2026-01-01}, authority: [house]}
  - {of: [SI], effective: {from: 2026-01-01}, authority: [house]}
"""


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def moved(**files):
    paths = {"swiss": "jurisdictions/CH.yaml", "limit": "rules/limit.yaml", "alps": "jurisdictions/groups/alps.yaml"}
    rulebook = loaded({paths[name]: text for name, text in files.items()})
    return {mutant.name: mutant for mutant in dates(rulebook)}


def periods(mutant):
    return [(each.effective.start, each.effective.end) for each in mutant.made().positions]


def test_each_edge_of_a_position_moves_either_way():
    found = moved(swiss=SWISS)
    assert sorted(found) == [
        "the position `CH/law-shares`: from 2026-01-01, a day earlier",
        "the position `CH/law-shares`: from 2026-01-01, a day later",
        "the position `CH/law-shares`: from 2026-06-01, a day earlier",
        "the position `CH/law-shares`: from 2026-06-01, a day later",
        "the position `CH/law-shares`: until 2026-06-01, a day earlier",
        "the position `CH/law-shares`: until 2026-06-01, a day later",
    ]


def test_a_later_start_leaves_a_gap_and_an_earlier_one_ends_what_held_before():
    found = moved(swiss=SWISS)
    first, june = day("2026-01-01"), day("2026-06-01")
    later = found["the position `CH/law-shares`: from 2026-06-01, a day later"]
    assert periods(later) == [(first, june), (day("2026-06-02"), None)]
    earlier = found["the position `CH/law-shares`: from 2026-06-01, a day earlier"]
    assert periods(earlier) == [(first, day("2026-05-31")), (day("2026-05-31"), None)]


def test_the_rules_that_a_position_means_move_with_it():
    changed = moved(swiss=SWISS)["the position `CH/law-shares`: from 2026-01-01, a day later"].made()
    starts = {rule.id: rule.effective.start for rule in changed.rules if rule.effective and rule.effective.end}
    assert set(starts.values()) == {day("2026-01-02")}


def test_values_of_a_parameter_have_one_edge_between_them():
    found = moved(limit=LIMIT)
    assert {name for name in found if "2026-04-01" in name} == {
        "the parameter `limit`: from 2026-04-01, a day earlier",
        "the parameter `limit`: from 2026-04-01, a day later",
    }
    later = found["the parameter `limit`: from 2026-04-01, a day later"].made().parameters
    assert [each.effective.end or each.effective.start for each in later] == [day("2026-04-02")] * 2


def test_lists_of_a_group_move_along_only_where_they_share_a_member():
    found = moved(alps=ALPS)
    shared = found["the group `alps`, list 2: from 2026-01-01, a day earlier"].made().places.groups["alps"]
    assert [each.end or each.start for each in shared.memberships] == [day("2025-12-31")] * 2 + [day("2026-01-01")]
    alone = found["the group `alps`, list 3: from 2026-01-01, a day earlier"].made().places.groups["alps"]
    assert [each.end or each.start for each in alone.memberships] == [day("2026-01-01")] * 2 + [day("2025-12-31")]


def test_the_window_is_the_time_in_which_the_two_differ():
    found = moved(swiss=SWISS)
    earlier = found["the position `CH/law-shares`: from 2026-01-01, a day earlier"]
    assert (earlier.window.start, earlier.window.end) == (day("2025-12-31"), day("2026-01-01"))
    later = found["the position `CH/law-shares`: until 2026-06-01, a day later"]
    assert (later.window.start, later.window.end) == (day("2026-06-01"), day("2026-06-02"))


def test_what_is_lacking_is_said_as_a_case():
    found = moved(swiss=SWISS)
    assert found["the position `CH/law-shares`: until 2026-06-01, a day earlier"].lacks == (
        "a case within a day from 2026-05-31 on that depends on it holding still"
    )


def test_a_moment_that_begins_no_day_is_written_out():
    assert day_or_instant(day("2026-01-01")) == "2026-01-01"
    assert day_or_instant(datetime(2026, 1, 1, 23, tzinfo=UTC)) == "2026-01-01T23:00:00Z"
