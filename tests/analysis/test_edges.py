"""An edge is held when some case fails without it; the short way says what running every case would say."""

import random
from dataclasses import replace

import pytest

from compliance.analysis.edges import Judge, edges, mutants
from compliance.engine.book import Book
from compliance.engine.cases import run_cases
from compliance.engine.loading import load_book
from compliance.language.rulebook import Unobservable
from compliance.language.span import NOWHERE
from tests.cli.support import TINY

WITHOUT_A_CASE = {
    'the rule `trained`: in `subject.trained_on >= date("2026-01-01")` `>=` becomes `>`',
    'the rule `trained`: in `subject.trained_on >= date("2026-01-01")` `2026-01-01` becomes `2025-12-31`',
    'the rule `trained`: in `subject.trained_on >= date("2026-01-01")` `2026-01-01` becomes `2026-01-02`',
    'the rule `large-change`: in `action.size > parameter("largest-change")` `>` becomes `>=`',
    "the parameter `largest-change`: `1000` becomes `999`",
    "the parameter `largest-change`: `5000` becomes `4999`",
    "the parameter `largest-change`: from 2025-01-01, a day earlier",
    "the parameter `largest-change`: from 2025-01-01, a day later",
    "the parameter `largest-change`: from 2026-01-01, a day earlier",
    "the parameter `largest-change`: from 2026-01-01, a day later",
}


@pytest.fixture(scope="module")
def tiny():
    return load_book(TINY)


def test_an_edge_that_no_case_stands_at_is_found(tiny):
    assert {mutant.name for mutant in edges(tiny).loose} == WITHOUT_A_CASE


def test_a_case_that_fails_is_named(tiny):
    found = {each.mutant.name: each.case for each in edges(tiny).moves}
    case = found["the parameter `largest-change`: `5000` becomes `5001`"]
    assert case is not None
    assert case.sentence == "a large change is looked at first"


def test_a_case_at_the_edge_holds_it(tiny):
    written = next(each for each in tiny.rulebook.cases if each.sentence == "the limit was lower last year")
    last = replace(written, as_of=written.as_of.replace(month=12, day=31, hour=23))
    book = Book(replace(tiny.rulebook, cases=(*tiny.rulebook.cases, last)))
    loose = {mutant.name for mutant in edges(book).loose}
    assert WITHOUT_A_CASE - loose == {"the parameter `largest-change`: from 2026-01-01, a day earlier"}


def listed(book, edge):
    return Book(replace(book.rulebook, unobservable=(Unobservable(edge, "nobody can", NOWHERE),)))


def test_an_edge_that_the_rulebook_calls_unobservable_is_not_loose(tiny):
    edge = "the parameter `largest-change`: `1000` becomes `999`"
    found = edges(listed(tiny, edge))
    assert {mutant.name for mutant in found.loose} == WITHOUT_A_CASE - {edge}
    assert [(each.mutant.name, each.because) for each in found.unobservable] == [(edge, "nobody can")]
    assert found.outdated == ()


@pytest.mark.parametrize("edge", ["the parameter `largest-change`: `5000` becomes `5001`", "the rule `gone`: a day"])
def test_one_that_a_case_shows_or_that_is_none_is_outdated(tiny, edge):
    found = edges(listed(tiny, edge))
    assert [each.edge for each in found.outdated] == [edge]
    assert not found.hold


def test_progress_is_told_up_to_the_last(tiny):
    told = []
    found = edges(tiny, lambda done, of: told.append((done, of)))
    assert told[-1] == (len(told) - 1, len(told) - 1)
    assert len(found.moves) <= len(told)


def test_the_short_way_says_what_running_every_case_says(tiny):
    judge = Judge(tiny)
    for mutant in mutants(tiny.rulebook):
        assert (judge.failing(mutant) is None) == (run_cases(Book(mutant.made())) == []), mutant.name


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_so_it_does_for_mutants_of_the_shipped_rulebook(seed):
    book = load_book()
    mutant = random.Random(seed).choice(mutants(book.rulebook))
    judge = Judge(book)
    assert (judge.failing(mutant) is None) == (run_cases(Book(mutant.made())) == []), mutant.name
