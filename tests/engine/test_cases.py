from dataclasses import replace
from pathlib import Path

import pytest

from compliance.engine.book import Book
from compliance.engine.cases import body_of, run_cases
from compliance.engine.loading import load_book

TINY = load_book(Path(__file__).parents[1] / "rulebooks" / "tiny")
READS = next(case for case in TINY.rulebook.cases if case.outcome == "allow" and case.grounds == ("readers",))


def problems(**changes):
    """Return what is wrong with one good case once it states something else."""
    failures = run_cases(Book(replace(TINY.rulebook, cases=(replace(READS, **changes),))))
    return [problem for failure in failures for problem in failure.problems]


@pytest.mark.parametrize("book", [TINY, load_book()], ids=["tiny", "shipped"])
def test_every_case_of_a_rulebook_holds(book):
    assert run_cases(book) == []


def test_another_outcome_is_a_failure():
    assert problems(outcome="deny") == ["the outcome is `allow`, not `deny`"]


def test_a_ground_is_an_id_or_its_beginning_up_to_a_slash():
    assert problems(grounds=("readers",)) == []
    assert problems(grounds=("reader",)) == ["`reader` is not among the grounds: `readers`"]


def test_a_ground_that_must_not_be_there_is_a_failure_when_it_is():
    assert problems(not_grounds=("writers",)) == []
    assert problems(not_grounds=("readers",)) == ["`readers` is among the grounds: `readers`"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"missing": ("subject.clearance",)}, "the missing facts are none, not `subject.clearance`"),
        ({"requirements": ("x",)}, "the requirements are none, not `x`"),
        ({"obligations": ("x",)}, "the obligations are none, not `x`"),
    ],
)
def test_what_is_stated_exactly_must_be_exactly_so(changes, says):
    assert problems(**changes) == [says]


def test_nothing_stated_asserts_nothing():
    assert problems(grounds=None, not_grounds=None, missing=None, requirements=None, obligations=None) == []


def test_a_case_whose_request_is_refused_fails_at_the_fact():
    body = body_of(READS.request)
    body["subject"] = {**body["subject"], "properties": {"clearance": "SECRET"}}
    assert problems(request=body)[0].startswith("the request is refused at /subject/properties/clearance:")


def test_a_failure_names_the_place_and_the_sentence():
    failure = run_cases(Book(replace(TINY.rulebook, cases=(replace(READS, outcome="refer"),))))[0]
    assert str(failure) == f"{READS.span}: {READS.sentence}: the outcome is `allow`, not `refer`"
