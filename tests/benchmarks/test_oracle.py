import pytest

from benchmarks.facts import FACTS
from benchmarks.model import All, AnyOf, Compare, Effect, Has, IsTrue, Not, Request, Rule
from benchmarks.oracle import answer, holds

ADULT = Compare(FACTS["age"], ">=", 18)
INSIDER = IsTrue(FACTS["insider"])
PERMIT = Rule("p", Effect.PERMIT, ("buy",), "CH")


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        (ADULT, True),
        (INSIDER, None),
        (Not(INSIDER), None),
        (All((ADULT, INSIDER)), None),
        (All((Not(ADULT), INSIDER)), False),
        (AnyOf((ADULT, INSIDER)), True),
        (AnyOf((Not(ADULT), INSIDER)), None),
        (Has(FACTS["citizenships"], "CH"), True),
    ],
)
def test_a_condition_has_three_truth_values(condition, truth):
    assert holds(condition, {"age": 18, "citizenships": frozenset({"CH"})}) is truth


def ask(*rules, home="CH", **facts):
    given = facts if home is None else {"residence": home, **facts}
    return answer((PERMIT, *rules), Request("buy", given, complete=False))


def test_a_permit_allows():
    assert ask() == ("allow", ["p"])


def test_nothing_permits_elsewhere():
    assert ask(home="FR") == ("deny", [])


def test_a_true_forbid_beats_everything():
    forbid = Rule("f", Effect.FORBID, ("buy",), when=INSIDER)
    assert ask(forbid, insider=True) == ("deny", ["f"])


def test_an_unknown_forbid_is_incomplete():
    forbid = Rule("f", Effect.FORBID, ("buy",), when=INSIDER)
    assert ask(forbid) == ("incomplete", ["f"])


def test_an_unknown_home_is_incomplete():
    assert ask(home=None)[0] == "incomplete"


def test_a_violated_require_is_incomplete():
    require = Rule("q", Effect.REQUIRE, ("buy",), needs=ADULT)
    assert ask(require, age=17) == ("incomplete", ["q"])
    assert ask(require, age=18) == ("allow", ["p"])


def test_an_unknown_refer_refers():
    refer = Rule("h", Effect.REFER, ("buy",), when=INSIDER)
    assert ask(refer) == ("refer", ["h"])
