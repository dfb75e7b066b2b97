"""A statement begins on a day of its own, with the first position, or on no day that a source states."""

from datetime import date

from compliance.language.starts import Start, last_read, starts
from tests.language.small import loaded

SWISS = """\
jurisdiction: CH
name: Switzerland
positions:
  - {layer: law, product: shares, access: skilled, effective: {from: 2026-01-01}, authority: [act]}
"""
RULES = """\
- rule: tested
  effect: require
  actions: [entry]
  needs: subject.tested
  remedy: Take the test.
  says: who buys has passed the test
  authority: [act, {title: Press, reviewed_on: 2026-03-01, standing: secondary}]
- rule: offered
  effect: refer
  actions: [entry]
  says: with the offer
  authority: [act]
  effective: {from: 2026-01-01}
- rule: dated
  effect: refer
  actions: [entry]
  says: on a day of its own
  authority: [act]
  effective: {from: 2025-07-01}
- rule: ended
  effect: refer
  actions: [entry]
  says: an end is no start
  authority: [act]
  effective: {through: 2026-02-01}
"""


def found():
    book = loaded({"jurisdictions/CH.yaml": SWISS, "rules/tests/test.yaml": RULES})
    return {begun.what: begun for begun in starts(book)}


def test_each_statement_is_of_one_of_three_sorts():
    assert {what: begun.start for what, begun in found().items()} == {
        "the position `CH/law-shares`": Start.OFFER,
        "the rule `offered`": Start.OFFER,
        "the rule `dated`": Start.STATED,
        "the rule `tested`": Start.NONE,
        "the rule `ended`": Start.NONE,
        "the group `alps`": Start.NONE,
    }


def test_one_without_a_start_holds_as_it_was_last_read():
    assert found()["the rule `tested`"].read_on == date(2026, 3, 1)


def test_nothing_is_read_of_what_has_no_source():
    assert last_read(()) is None


def test_without_a_position_every_day_is_a_day_of_its_own():
    book = loaded({"jurisdictions/CH.yaml": None, "rules/tests/test.yaml": RULES})
    assert {begun.start for begun in starts(book)} == {Start.STATED, Start.NONE}
