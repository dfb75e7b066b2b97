from __future__ import annotations

import pytest

from compliance.language.expression import FactRef, walk
from compliance.language.invariants import OUTCOME
from tests.language.small import found, loaded

HOLDS = """\
- invariant: nobody-untested
  says: nobody buys without the test
  holds: '!(outcome == "allow" && action.name == "buy" && !subject.tested)'
"""


def test_an_invariant_reads_facts_and_the_outcome():
    invariant = loaded({"rules/invariants.yaml": HOLDS}).invariants[0]
    assert (invariant.name, invariant.says) == ("nobody-untested", "nobody buys without the test")
    assert FactRef("outcome", OUTCOME) in list(walk(invariant.holds))


def test_an_invariant_may_stand_alone_and_without_a_sentence():
    text = 'invariant: a\nholds: subject.tested || outcome != "allow"\n'
    assert [each.says for each in loaded({"rules/invariants.yaml": text}).invariants] == [""]


@pytest.mark.parametrize(
    ("old", "new", "slug", "marked"),
    [
        ('"allow"', '"allowed"', "unknown-value", '"allowed"'),
        ("subject.tested", "subject.testet", "unknown-fact", "subject.testet"),
        ("nobody-untested", "Nobody Untested", "bad-name", "Nobody Untested"),
        ("says:", "sais:", "unknown-key", "sais"),
        ("  holds:", "  hold:", "unknown-key", "hold"),
    ],
)
def test_what_an_invariant_names_and_there_is_not_is_pointed_at(old, new, slug, marked):
    assert (slug, marked) in found({"rules/invariants.yaml": HOLDS.replace(old, new)})


def test_two_invariants_have_two_names():
    assert found({"rules/invariants.yaml": HOLDS + HOLDS}) == [("duplicate-name", "nobody-untested")]


def test_only_an_invariant_reads_the_outcome():
    rule = 'rule: r\neffect: forbid\nactions: [entry]\nwhen: outcome == "allow"\nsays: s\nauthority: [act]\n'
    assert found({"rules/extra.yaml": rule}) == [("unknown-fact", "outcome")]
