from collections import Counter

from benchmarks.model import Effect
from benchmarks.workload import Size, make_rulebook, make_workload


def test_the_same_seed_gives_the_same_workload():
    first, second = make_workload(count=100), make_workload(count=100)
    assert first == second


def test_another_seed_gives_another_workload():
    assert make_workload(count=20).requests != make_workload(count=20, seed=1).requests


def test_forty_in_a_hundred_are_allowed_and_fifteen_are_partial():
    workload = make_workload(count=200)
    pairs = list(zip(workload.requests, workload.answers, strict=True))
    counts = Counter(answer[0] if request.complete else "partial" for request, answer in pairs)
    assert counts == {"allow": 80, "partial": 30, "deny": 50, "refer": 20, "incomplete": 20}


def test_the_ordinary_rulebook_has_250_rules_in_60_jurisdictions():
    rulebook = make_rulebook(Size())
    assert len(rulebook.rules) == Size().rules == 250
    assert len(rulebook.jurisdictions) == 60
    assert {rule.effect for rule in rulebook.rules} == set(Effect)


def test_identifiers_are_unique():
    rules = make_rulebook(Size(ballast=500)).rules
    assert len({rule.identifier for rule in rules}) == len(rules)


def test_ballast_changes_neither_requests_nor_answers():
    plain, heavy = make_workload(count=60), make_workload(Size(ballast=500), count=60)
    assert heavy.requests == plain.requests
    assert heavy.answers == plain.answers
    assert len(heavy.rulebook.rules) == len(plain.rulebook.rules) + 500
