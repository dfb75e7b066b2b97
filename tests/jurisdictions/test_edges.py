"""Both sides of every threshold and date of the shipped rulebook: whoever moves one makes a case fail."""

import re
from dataclasses import replace
from datetime import datetime

import pytest

from compliance.analysis.edges import edges
from compliance.engine.cases import request_of
from compliance.engine.combiner import combine
from compliance.engine.envelope import RequestRefused
from compliance.engine.explainer import ground_of
from compliance.engine.loading import load_book
from compliance.engine.ruleset import Ruleset
from compliance.vocabulary.period import ALWAYS

MOST_UNOBSERVABLE = 12
"""As many as `rules/edges.yaml` has. The number may only get smaller."""


@pytest.fixture(scope="module")
def book():
    return load_book()


@pytest.fixture(scope="module")
def found(book):
    return edges(book)


def test_no_edge_is_without_a_case(found):
    assert not [f"{mutant.span}: {mutant.name}: {mutant.lacks}" for mutant in found.loose]


def test_what_is_called_unobservable_is_an_edge_that_no_case_shows(found):
    assert found.outdated == ()


def test_the_list_of_what_no_case_can_show_gets_no_longer(book):
    assert len(book.rulebook.unobservable) <= MOST_UNOBSERVABLE


def test_every_kind_of_edge_is_moved(found):
    assert {each.mutant.kind for each in found.moves} == {"threshold", "reading", "date"}
    assert {each.mutant.of.split("`")[0] for each in found.moves} == {
        "the rule ",
        "the position ",
        "the definition ",
        "the parameter ",
        "the group ",
        "the fact ",
    }


# The reasons of the list, tried out: no request of any case, asked on the day in question, is answered otherwise.

INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


def shifted(value, by):
    """A case's request with every instant in it moved along, so that what was fresh stays fresh."""
    match value:
        case dict():
            return {name: shifted(each, by) for name, each in value.items()}
        case list() | tuple():
            return [shifted(each, by) for each in value]
        case str() if INSTANT.match(value):
            return (datetime.fromisoformat(value) + by).isoformat().replace("+00:00", "Z")
    return value


def answered(ruleset, request):
    verdict = combine(ruleset, request)
    ids = [tuple(rule.id for rule in part) for part in (verdict.grounds, verdict.requirements, verdict.obligations)]
    other = None if request.counterparty is None else answered(ruleset, request.counterparty[1])
    return verdict.outcome, ground_of(request, verdict), ids, other


@pytest.mark.soak
def test_no_request_shows_what_is_called_unobservable(book, found):
    for mutant in (each.mutant for each in found.unobservable):
        at = mutant.window.start
        rulesets = [Ruleset(each, at, ALWAYS) for each in (book.rulebook, mutant.made())]
        for case in book.rulebook.cases:
            moved = replace(case, as_of=at, request=shifted(dict(case.request), at - case.as_of))
            try:
                request = request_of(rulesets[0], moved)
            except RequestRefused:
                continue
            assert answered(rulesets[0], request) == answered(rulesets[1], request), (mutant.name, case.sentence)
