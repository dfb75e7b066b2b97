"""Every comparison, every number in one and every parameter that one reads is moved; what is not compared is not."""

import pytest

from compliance.analysis.thresholds import thresholds
from tests.language.small import FILES, loaded

EXTRA = """\
- parameter: least
  means: the least
  type: money
  values:
    - {value: 5000.00 USD, authority: [act]}
- parameter: unread
  means: nothing compares with it
  type: int
  values:
    - {value: 7, authority: [act]}
- rule: poor
  effect: forbid
  actions: [entry]
  when:
    any:
      - subject.wealth.to("USD") < parameter("least")
      - subject.tested && subject.wealth.to("USD") < parameter("least")
  says: the subject is poor
  authority: [act]
- rule: many
  effect: refer
  actions: [entry]
  subjects: [company]
  when: subject.owners.exists(o, o.share >= 25.0)
  says: somebody owns much
  authority: [act]
"""
CASES = """\
as_of: 2026-06-01T00:00:00Z
cases:
  - case: whose wealth is not known is asked
    as: anna
    outcome: incomplete
    grounds: [poor]
  - case: whose owners are not known is asked
    subject: {type: company, seat: CH, tested: true}
    action: {name: buy}
    resource: {type: share, id: A}
    outcome: incomplete
    grounds: [poor]
    not_grounds: [many]
  - case: somebody owns much
    subject:
      type: company
      seat: CH
      tested: true
      wealth: 9000.00 USD
      owners: [{name: a, share: 25.0, owners: []}]
    action: {name: buy}
    resource: {type: share, id: A}
    context: {}
    outcome: refer
    grounds: [many]
"""


@pytest.fixture(scope="module")
def rulebook():
    return loaded({"rules/extra.yaml": EXTRA, "rules/extra.cases.yaml": CASES})


@pytest.fixture(scope="module")
def moved(rulebook):
    return {mutant.name: mutant for mutant in thresholds(rulebook)}


def test_each_threshold_is_moved_either_way_and_each_comparison_turned(moved):
    poor = 'the rule `poor`: in `subject.wealth.to("USD") < parameter("least")`'
    assert set(moved) == {
        f"{poor} `<` becomes `<=`",
        f"{poor} (2) `<` becomes `<=`",
        "the rule `many`: in `subject.owners.exists(o, o.share >= 25.0)` `>=` becomes `>`",
        "the rule `many`: in `subject.owners.exists(o, o.share >= 25.0)` `25.0` becomes `24.99`",
        "the rule `many`: in `subject.owners.exists(o, o.share >= 25.0)` `25.0` becomes `25.01`",
        "the parameter `least`: `5000.00 USD` becomes `4999.99 USD`",
        "the parameter `least`: `5000.00 USD` becomes `5000.01 USD`",
    }


def test_words_that_stand_twice_are_found_where_each_stands(moved):
    poor = 'the rule `poor`: in `subject.wealth.to("USD") < parameter("least")`'
    assert moved[f"{poor} `<` becomes `<=`"].span.line == 16
    assert moved[f"{poor} (2) `<` becomes `<=`"].span.line == 17


def test_a_mutant_differs_in_its_rule_alone(rulebook, moved):
    changed = moved["the rule `many`: in `subject.owners.exists(o, o.share >= 25.0)` `>=` becomes `>`"].made()
    assert [one.id for one, other in zip(rulebook.rules, changed.rules, strict=True) if one != other] == ["many"]
    assert changed.definitions == rulebook.definitions


def test_a_rulebook_without_a_number_has_no_threshold():
    assert list(thresholds(loaded(dict(FILES)))) == []
