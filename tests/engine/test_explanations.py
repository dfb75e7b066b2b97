"""A kept explanation gives the decision that explaining again would give: on random rulebooks and on the shipped one."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.customers import orders
from compliance.engine.combiner import combine
from compliance.engine.compiler import Compiler
from compliance.engine.envelope import RequestRefused
from compliance.engine.explainer import explain
from compliance.engine.explanations import Explanations
from compliance.engine.loading import load_book
from tests.engine.random_rulebooks import Maker, ruleset_of
from tests.gate.support import NOW, retail

if TYPE_CHECKING:
    from compliance.engine.book import Book
    from compliance.engine.decision import Decision
    from compliance.engine.findings import FindingsOn
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset


class Comparing:
    """Explains requests of one ruleset from what is kept and anew, and counts what was kept."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.explanations = Explanations(ruleset)
        self.verdict = Compiler(ruleset).verdict
        self.made = self.kept = 0

    def explained(self, request: Request, findings: FindingsOn | None = None) -> Decision:
        verdict = self.verdict(request)
        return explain(self.ruleset, request, verdict, lambda _, varied: self.verdict(varied), findings)

    def anew(self, request: Request, findings: FindingsOn) -> Decision:
        self.made += 1
        made = self.explained(request, findings)
        # What rules said of other requests is what they say of this one.
        assert made == self.explained(request)
        return made

    def compare(self, request: Request) -> None:
        before = self.made
        found = self.explanations.of(request, self.anew)
        if found is None:
            return
        self.kept += self.made == before
        assert found.of(request) == self.explained(request)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_kept_explanation_is_what_explaining_again_gives(seed: int) -> None:
    maker = Maker(Random(seed))
    comparing = Comparing(ruleset_of(maker.rulebook()))
    asked = ("buy", maker.random.choice(("person", "company", "robot")), "part")
    values = maker.values(0.7)
    for _ in range(12):
        # Like the first, but for a few facts that are others, or not given.
        few = maker.random.sample([*values], min(len(values), 3))
        changed: dict[str, Any] = {**values, **{path: maker.value(path) for path in few}}
        if few and maker.random.random() < 0.3:
            del changed[few[0]]
        comparing.compare(maker.request(changed, asked))


def test_most_requests_of_a_random_rulebook_find_their_explanation_kept() -> None:
    made = kept = 0
    for seed in range(40):
        maker = Maker(Random(seed))
        comparing = Comparing(ruleset_of(maker.rulebook()))
        values = maker.values(0.8)
        for _ in range(20):
            comparing.compare(
                maker.request({**values, "subject.m": maker.value("subject.m")}, ("buy", "person", "part"))
            )
        made, kept = made + comparing.made, kept + comparing.kept
    assert kept > made


@pytest.fixture(scope="module")
def book() -> Book:
    return load_book()


def test_every_case_of_the_shipped_rulebook_is_explained_alike_twice(book: Book) -> None:
    comparing: dict[Ruleset, Comparing] = {}
    for _ in range(2):
        for case in book.rulebook.cases:
            at = book.at(case.as_of)
            try:
                request = at.request(dict(case.request))
            except RequestRefused:  # a case about feeds
                continue
            comparing.setdefault(at.ruleset, Comparing(at.ruleset)).compare(request)
    made, kept = (sum(getattr(each, name) for each in comparing.values()) for name in ("made", "kept"))
    assert kept >= made > 0


def test_an_explanation_shows_each_request_its_own_instants(book: Book) -> None:
    at = book.at(NOW)
    first, second = (
        at.request(retail(screened_at=(NOW - timedelta(days=9, seconds=seconds)).isoformat())) for seconds in (0, 1)
    )
    explanation = at.explanation(first)
    assert explanation is at.explanation(second) is not None
    shown = [
        used.value
        for request in (first, second)
        for ground in at.decision(request).grounds
        for leaf in ground.leaves
        for used in leaf.facts
        if used.path == "subject.screened_at"
    ]
    assert shown == [first.facts["subject.screened_at"], second.facts["subject.screened_at"]]


def test_an_instant_on_the_other_side_of_a_limit_has_another_explanation(book: Book) -> None:
    at = book.at(NOW)
    fresh, stale = (at.request(retail(screened_at=(NOW - timedelta(days=days)).isoformat())) for days in (0, 9))
    assert at.explanation(fresh) is not at.explanation(stale)
    assert at.decision(fresh).outcome != at.decision(stale).outcome


def test_a_request_that_is_refused_is_explained_by_itself(book: Book) -> None:
    at = book.at(NOW)
    unknown = at.request({**retail(), "resource": {"type": "instrument", "id": "NOSUCHx"}})
    assert at.explanation(unknown) is None
    assert at.decision(unknown).ground == "unknown-instrument"


def test_no_more_explanations_are_kept_than_asked_for(book: Book) -> None:
    at = book.at(NOW)
    explanations = Explanations(at.ruleset, most=3)

    def explained(request: Request, findings: FindingsOn | None = None) -> Decision:
        return explain(at.ruleset, request, combine(at.ruleset, request), combine, findings)

    homes = ("MX", "AR", "CL", "CO", "PE", "KE", "GH")
    for home in homes * 2:
        request = at.request(retail(residence=home, citizenships=[home], tax_residences=[home]))
        found = explanations.of(request, explained)
        assert found is not None
        assert found.of(request) == explained(request)
        assert explanations.count <= 3


def test_why_a_fact_is_unknown_is_part_of_what_is_alike(book: Book) -> None:
    at = book.at(NOW)
    request = at.request(retail(without=["tax_residences"]))
    stale = msgspec.structs.replace(request, why={"subject.tax_residences": "stale"})
    whys = [fact.why for each in (request, stale) for fact in at.decision(each).missing]
    assert whys == ["not-given", "stale"]


def test_what_was_explained_is_not_given_any_more_once_time_has_told_it_apart(book: Book) -> None:
    at = book.at(NOW)
    comparing = Comparing(at.ruleset)
    outcomes = set()
    for body in orders(40, seed=3, now=NOW):
        request = at.read(body)
        assert request is not None
        for passed in (timedelta(0), timedelta(hours=7), timedelta(hours=25), timedelta(days=400)):
            time = NOW + passed
            facts = msgspec.structs.replace(request.facts, context_time=time)
            later = msgspec.structs.replace(request, time=time, facts=facts)
            comparing.compare(later)
            outcomes.add((passed, comparing.explained(later).outcome))
    assert comparing.kept > 0
    assert {outcome for passed, outcome in outcomes if passed.days == 400} < {outcome for _, outcome in outcomes}
