"""A decision reads: outcome, why, who says so, what to ask and what to do next."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from compliance.cli.decision_page import shown
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Money, Record
from tests.cli.support import ask, reading, run

PROPERTIES = {
    "citizenships": ["FR", "US"],
    "tax_residences": ["FR"],
    "residence": "FR",
}
FRANCE = {
    "subject": {"type": "natural-person", "properties": PROPERTIES},
    "action": {"name": "buy"},
    "resource": {"type": "instrument", "id": "AAPLx"},
}


def lines(done):
    return [line.strip() for line in done.out.splitlines()]


def test_an_allow_names_the_permit_and_its_authority():
    found = lines(ask(reading()))
    assert found[0] == "ALLOW: go ahead"
    assert "whoever may know a document may read it" in found
    assert "readers · permit" in found
    assert any(line.endswith("(quoted, read 2026-01-15)") for line in found)


def test_a_deny_without_a_permit_says_so_and_what_came_nearest():
    found = lines(ask(reading(clearance="none")))
    assert "nothing permits this" in found
    assert "nothing-permits" in found


def test_an_incomplete_asks_each_question_and_says_how_many_rules_wait():
    found = lines(ask(reading(clearance=None)))
    assert "to ask" in found
    assert "Which clearance do you hold?" in found
    assert "subject.clearance · not given · 1 rule waits for it" in found


def test_a_requirement_comes_with_what_to_do_next():
    request = reading(trained_on="2020-01-01") | {"action": {"name": "delete"}}
    found = lines(ask(request))
    assert "whoever changes a document has been trained: not met" in found
    assert "next: Take the training of this year." in found


def test_an_obligation_is_listed_with_an_allow():
    request = reading(trained_on="2026-02-01") | {"action": {"name": "delete"}}
    found = lines(ask(request))
    assert "to do with it" in found
    assert "what is changed is kept" in found
    assert "keep-a-copy · keep-a-copy" in found


def test_explain_says_what_is_taken_to_hold_without_a_feed():
    request = reading(trained_on="2026-02-01") | {"action": {"name": "delete"}}
    assert "resource.locked = false" in ask(request, command="explain").out
    assert "resource.locked" not in ask(request).out


def test_a_fact_that_several_terms_rest_on_is_told_once():
    text = json.dumps(FRANCE)
    short = run("decide", "-", "--at", "2026-10-05", stdin=text).out
    full = run("explain", "-", "--at", "2026-10-05", stdin=text).out
    assert short.count("subject.citizenships = FR, US") == 1
    assert full.count("subject.citizenships = FR, US") > 1
    assert "https://" in full


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (UNKNOWN, "unknown"),
        (None, "absent"),
        (True, "true"),
        (7, "7"),
        (Decimal("0.50"), "0.50"),
        ("BR", "BR"),
        (Money(Decimal("1000.00"), "EUR"), "1000.00 EUR"),
        (frozenset({"US", "FR"}), "FR, US"),
        (frozenset(), "none"),
        (timedelta(hours=24), "1d"),
        (datetime(2026, 6, 1, 9, tzinfo=UTC), "2026-06-01T09:00:00Z"),
        ((Record("Owner", {"share": Decimal(50)}),), "{'share': '50'}"),
    ],
)
def test_a_value_is_shown_as_people_write_it(value, text):
    assert shown(value) == text
