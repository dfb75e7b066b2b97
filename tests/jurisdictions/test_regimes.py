"""What each country's regime comes to by default: for retail customers, for professionals, for each product."""

from datetime import UTC, datetime

import pytest

from compliance.engine.decoder import Surroundings, decode
from compliance.engine.loading import load_book
from tests.jurisdictions.conftest import changed

NOW = datetime(2026, 10, 12, 12, tzinfo=UTC)
CLOSED = {"AU", "BY", "CA", "CN", "DZ", "EG", "JP", "KR", "MA", "NG", "NZ", "PH", "RU", "US"}
"""Denied to everybody, professionals too."""
PROFESSIONALS = {"BR": "refer", "CH": "allow", "GB": "deny", "HK": "allow", "SG": "allow"}
"""Denied to retail customers; what a professional is answered, who in the United Kingdom has the venue against him."""
REFERRED = {"AE", "AR", "IN", "KE", "KZ", "MO", "MY", "QA", "TH", "TN", "TR", "ZA"}
"""A person decides on everybody."""

RETAIL = "an entry that rests on the statement of the venue does not wait for counsel"
ONDO = "a verified retail customer may buy an Ondo stock where neither issuer nor law closes the place"
EEA = "a verified retail resident of Germany who passed the questionnaire may buy, and is shown the prospectus"
RICH = {"CH": "2000000.00 CHF", "HK": "8000000.00 HKD", "SG": "1000000.01 SGD", "BR": "1000000.01 BRL"}
PROFESSIONAL = {
    "investor_class": "professional",
    "investor_class_verified_at": "2026-09-01T09:00:00Z",
    "opted_in": True,
    "trades_per_quarter": "10",
    "years_in_finance": "1",
    "net_assets": {"amount": "0", "currency": "SGD"},
    "net_assets_without_home": {"amount": "0", "currency": "SGD"},
    "income_last_year": {"amount": "0", "currency": "SGD"},
}


@pytest.fixture(scope="module")
def book():
    return load_book()


def asked(book, code, sentence, **more):
    """What the customer of a case of that sentence is answered on 12 October 2026, at home in `code`."""
    case = next(case for case in book.rulebook.cases if case.sentence.startswith(sentence))
    subject = dict(case.request["subject"]["properties"])
    subject |= {"residence": code, "postal_code": "01001", "enhanced_due_diligence": True, "free_zone": "none"}
    subject |= {"screened_at": "2026-10-12T06:00:00Z", "promotion_statement": "sophisticated", **more}
    action = {**case.request["action"].get("properties", {}), "amount": {"amount": "1000", "currency": "USD"}}
    request = {
        **case.request,
        "subject": {"type": "natural-person", "properties": subject},
        "action": {"name": "buy", "properties": action},
    }
    at = book.at(NOW)
    return at.decision(decode(at.ruleset, request, Surroundings(NOW, {}, {})))


def professional(code):
    amount, currency = RICH.get(code, "9000000.00 EUR").split()
    return {**PROFESSIONAL, "portfolio": {"amount": amount, "currency": currency}}


@pytest.mark.parametrize("code", sorted(CLOSED))
@pytest.mark.parametrize("sentence", [RETAIL, ONDO])
def test_a_closed_place_is_closed_to_everybody_and_for_each_product(book, code, sentence):
    assert asked(book, code, sentence).outcome == "deny"
    assert asked(book, code, sentence, **professional(code)).outcome == "deny"


@pytest.mark.parametrize("code", sorted(PROFESSIONALS))
def test_a_place_for_professionals_denies_retail_customers(book, code):
    assert asked(book, code, RETAIL).outcome == "deny"
    assert asked(book, code, ONDO).outcome == "deny"
    assert asked(book, code, RETAIL, **professional(code)).outcome == PROFESSIONALS[code]


@pytest.mark.parametrize("code", sorted(REFERRED))
def test_where_the_law_conditions_an_offer_a_person_decides(book, code):
    assert asked(book, code, RETAIL).outcome == "refer"


@pytest.mark.parametrize("code", sorted(REFERRED - {"MY"}))
def test_so_for_the_stocks_of_another_issuer(book, code):
    assert asked(book, code, ONDO).outcome == "refer"


@pytest.mark.parametrize("code", ["DE", "IS", "LI", "NO"])
def test_in_the_eea_an_order_is_allowed_with_an_obligation_while_the_prospectus_is_valid(book, code):
    decision = asked(book, code, EEA)
    assert (decision.outcome, [one.rule for one in decision.obligations]) == ("allow", ["EEA/show-prospectus"])


def test_a_state_to_which_the_prospectus_was_not_notified_is_not_open():
    narrowed = changed({"jurisdictions/groups/prospectus-passported.yaml": ("of: [EEA]", "of: [AT, DE]")})
    assert asked(narrowed, "DE", EEA).outcome == "allow"
    assert asked(narrowed, "FR", EEA).outcome == "deny"
