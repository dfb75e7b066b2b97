"""Where a regime is only remembered the place stays open, until the house asks for a review by local counsel."""

from datetime import UTC, datetime

import pytest

from compliance.engine.decoder import Surroundings, decode
from tests.jurisdictions.conftest import changed

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
SWITCH = "{value: false, effective: {from: 2025-06-30, through: 2027-06-30}, authority: [house-counsel-review]}"
NOTED = {
    "BH",
    "CL",
    "CO",
    "GH",
    "ID",
    "IL",
    "KW",
    "MU",
    "MX",
    "PE",
    "RW",
    "SA",
    "TW",
    "UY",
    "VN",
}
"""Open, with a regime that is only remembered or that was not looked into."""


def book(*, switched, signed=""):
    """The shipped rulebook, with the house's switch as it is or turned on today, and perhaps a place signed off."""
    changes = {"rules/house.yaml": (SWITCH, SWITCH.replace("false", "true"))} if switched else {}
    if signed:
        changes["jurisdictions/groups/counsel-reviewed.yaml"] = ("of: [EEA]", f"of: [EEA, {signed}]")
    return changed(changes)


@pytest.fixture(scope="module")
def today():
    return book(switched=False)


@pytest.fixture(scope="module")
def switched():
    return book(switched=True)


@pytest.fixture(scope="module")
def signed_off():
    return book(switched=True, signed="BO")


def asked(book, code, persona):
    """What a verified retail customer with an enhanced due diligence, at home in `code`, is answered."""
    case = next(case for case in book.rulebook.cases if case.sentence == persona)
    subject = dict(case.request["subject"]["properties"], residence=code, enhanced_due_diligence=True)
    body = {**case.request, "subject": {"type": "natural-person", "properties": subject}}
    at = book.at(NOW)
    decision = at.decision(decode(at.ruleset, body, Surroundings(NOW, {}, {})))
    return decision.outcome, {ground.rule for ground in decision.grounds}


RETAIL = "an entry that rests on the statement of the venue does not wait for counsel"
EEA = "a verified retail resident of Germany who passed the questionnaire may buy, and is shown the prospectus"


@pytest.mark.parametrize("code", sorted(NOTED))
def test_the_place_is_open_while_the_house_asks_for_no_review_and_waits_once_it_does(today, switched, code):
    assert asked(today, code, RETAIL)[0] == "allow"
    outcome, grounds = asked(switched, code, RETAIL)
    assert outcome == "refer"
    assert {"counsel-review", f"{code}/counsel-review"} == grounds


def test_the_switch_leaves_the_eea_open(switched):
    assert asked(switched, "DE", EEA)[0] == "allow"


@pytest.mark.parametrize("group", ["africa", "asia", "europe-other", "latin-america"])
def test_a_permit_on_the_venues_statement_says_that_it_is_one(today, group):
    permits = [rule for rule in today.rulebook.rules if rule.id.startswith(f"{group}/venue-")]
    assert permits
    assert {rule.says.endswith("(basis: venue statement, local counsel review not recorded)") for rule in permits} == {
        True
    }


def test_a_permit_on_the_silence_of_the_issuer_says_that_it_is_one(today):
    permits = [rule for rule in today.rulebook.rules if rule.id.startswith("ondo-offered/issuer-")]
    assert permits
    basis = "(basis: the issuer does not name it, local counsel review not recorded)"
    assert {rule.says.endswith(basis) for rule in permits} == {True}


def test_the_permit_of_the_eea_rests_on_no_statement_of_the_venue(today):
    assert not any("venue statement" in rule.says for rule in today.rulebook.rules if rule.id.startswith("EEA/"))


def test_a_place_that_was_signed_off_waits_no_more(signed_off):
    assert asked(signed_off, "BO", RETAIL)[0] == "allow"
    assert asked(signed_off, "CL", RETAIL) == ("refer", {"counsel-review", "CL/counsel-review"})
