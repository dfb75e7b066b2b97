"""Scopes reach the homes that the evaluator says they cover."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from compliance.engine.evaluator import covers
from compliance.engine.reach import Reach, alike
from compliance.language.rulebook import HomeScope
from compliance.vocabulary import territory
from compliance.vocabulary.unknown import UNKNOWN, disjunction
from tests.engine.random_rulebooks import CODES, Maker, rulebook_of, ruleset_of

SCOPES = (
    None,
    HomeScope("US"),
    HomeScope("UA", ("UA-43",)),
    HomeScope("UA-43"),
    HomeScope("south"),
    HomeScope(None, outside=(HomeScope("US"), HomeScope("occupied"))),
)


def reach() -> Reach:
    rule = Maker(Random(1)).rule(0)
    rules = tuple(replace(rule, id=f"r{number}", home=scope) for number, scope in enumerate(SCOPES))
    return Reach(ruleset_of(rulebook_of(rules)))


@pytest.mark.parametrize(
    "homes", [(), *((code,) for code in CODES), (UNKNOWN,), ("BR", "UA"), ("US", UNKNOWN)], ids=str
)
def test_a_scope_reaches_what_the_evaluator_says_it_covers(homes: tuple[object, ...]) -> None:
    made = reach()
    ruleset = ruleset_of(rulebook_of(()))
    for scope in SCOPES:
        expected = True if scope is None else disjunction(covers(ruleset, scope, home) for home in homes)
        assert made.of(homes)[made.number(scope)] is expected


def test_a_home_is_looked_at_once():
    made = reach()
    assert made.at("BR") is made.at("BR")
    assert made.at(UNKNOWN) is made.at(None)


def test_territories_are_alike_if_no_rule_tells_them_apart() -> None:
    rule = Maker(Random(1)).rule(0)
    rules = tuple(replace(rule, id=f"r{number}", home=scope, when=None) for number, scope in enumerate(SCOPES))
    classes = alike(ruleset_of(rulebook_of(rules)))
    of = {code: number for number, codes in enumerate(classes) for code in codes}
    assert len(of) == sum(map(len, classes)) == len(territory.all_countries())
    assert of["TV"] == of["NR"]
    assert len({of["US"], of["UA"], of["TV"]}) == 3
