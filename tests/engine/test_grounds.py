"""Kept grounds are those that explaining again would give, on every case of the shipped rulebook, in any order."""

import pytest

from compliance.engine.combiner import combine
from compliance.engine.envelope import RequestRefused
from compliance.engine.explainer import explain
from compliance.engine.grounds import Grounds
from compliance.engine.loading import load_book
from tests.gate.support import NOW


@pytest.fixture(scope="module")
def book():
    return load_book()


def test_a_kept_ground_is_the_one_that_would_be_explained(book):
    kept, compared = {}, 0
    for _ in range(2):
        for case in book.rulebook.cases:
            at = book.at(case.as_of)
            try:
                request = at.request(dict(case.request))
            except RequestRefused:  # a case about feeds
                continue
            known = kept.setdefault(at.ruleset, Grounds(at.ruleset))
            verdict = combine(at.ruleset, request)
            again = explain(at.ruleset, request, verdict, known=known)
            anew = explain(at.ruleset, request, verdict)
            assert again == anew
            compared += len(again.grounds)
    assert compared > len(book.rulebook.cases)


def test_the_names_of_the_rules_are_those_of_the_explained_decision(book):
    for case in book.rulebook.cases:
        at = book.at(case.as_of)
        try:
            request = at.request(dict(case.request))
        except RequestRefused:
            continue
        named, explained = at.named(request), at.decision(request)
        assert (named.outcome, named.ground) == (explained.outcome, explained.ground)
        assert [ground.rule for ground in named.grounds] == [ground.rule for ground in explained.grounds]
        assert (named.missing, named.requirements) == (explained.missing, explained.requirements)
        assert (named.obligations, named.errors) == (explained.obligations, explained.errors)


def test_a_rule_that_reads_no_changeable_fact_cannot_be_changed(book):
    at = book.at(NOW)
    known = Grounds(at.ruleset)
    changeable = {rule.id for rule in at.ruleset.rules if known.may_change(rule, "natural-person")}
    assert "eea/questionnaire" in {rule.lower() for rule in changeable}
    assert "AU/law-xstocks/entry-forbid" in {rule.id for rule in at.ruleset.rules} - changeable
