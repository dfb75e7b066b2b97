"""What the README says the shipped rulebook answers is what it answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from compliance import load
from compliance.engine.book import Book
from compliance.engine.decision import Decision

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
VERIFIED: dict[str, Any] = {
    "green_card": False,
    "us_days_this_year": 0,
    "us_indicia": [],
    "us_indicia_checked_at": "2026-09-01T09:00:00Z",
    "age": 40,
    "acts_for_us_person": False,
    "identity_verified": True,
    "identity_verified_at": "2026-09-01T09:00:00Z",
    "sanctions_screening": "clear",
    "screened_at": "2026-10-05T06:00:00Z",
    "investor_class": "retail",
}
ORDER = {"funding": "fiat", "channel": "app"}


@pytest.fixture(scope="module")
def book() -> Book:
    return load()


def ask(book: Book, code: str, action: str = "buy", **more: Any) -> Decision:
    """Ask for a verified retail resident of `code`; a fact given as `None` is left out."""
    firm = "europe" if code in {"DE", "FR"} else "bermuda"
    facts = {"residence": code, "citizenships": [code], "tax_residences": [code], **VERIFIED, **more}
    return book.at(NOW).decide(
        {
            "subject": {
                "type": "natural-person",
                "properties": {name: value for name, value in facts.items() if value is not None},
            },
            "action": {"name": action, "properties": {"kid_acknowledged": True} if action == "buy" else {}},
            "resource": {"type": "instrument", "id": "AAPLx"},
            "context": {"location": code, "distributor": f"payward-{firm}", **ORDER},
        }
    )


def grounds(decision: Decision) -> set[str]:
    """Return the ids of the grounds without the part that says which action they are about."""
    return {"/".join(ground.rule.split("/")[:2]) for ground in decision.grounds}


def test_a_resident_of_mexico_may_buy(book: Book) -> None:
    decision = ask(book, "MX")
    assert (decision.outcome, grounds(decision)) == ("allow", {"latin-america/venue-xstocks"})


def test_a_missing_tax_residence_is_asked_for(book: Book) -> None:
    decision = ask(book, "MX", tax_residences=None)
    assert (decision.outcome, [fact.fact for fact in decision.missing]) == ("incomplete", ["subject.tax_residences"])


def test_a_resident_of_argentina_goes_to_a_person(book: Book) -> None:
    decision = ask(book, "AR")
    assert (decision.outcome, grounds(decision)) == ("refer", {"AR/law-xstocks"})


def test_a_resident_of_nigeria_may_not_buy_and_may_sell(book: Book) -> None:
    decision = ask(book, "NG")
    assert decision.outcome == "deny"
    assert "backed-non-serviceable/issuer-xstocks" in grounds(decision)
    assert ask(book, "NG", "sell").outcome == "allow"


def test_a_resident_of_germany_needs_the_questionnaire(book: Book) -> None:
    passed = ask(book, "DE", appropriateness_questionnaire="passed")
    assert (passed.outcome, grounds(passed)) == ("allow", {"EEA/issuer-xstocks"})
    untaken = ask(book, "DE", appropriateness_questionnaire="not-taken")
    assert (untaken.outcome, [one.rule for one in untaken.requirements]) == ("incomplete", ["EEA/questionnaire"])


def test_puerto_rico_is_the_united_states(book: Book) -> None:
    decision = ask(book, "PR")
    assert decision.outcome == "deny"
    assert {"US/issuer-xstocks", "us-person"} <= grounds(decision)


def test_a_citizen_of_the_united_states_in_france_may_not_buy(book: Book) -> None:
    decision = ask(book, "FR", citizenships=["FR", "US"], appropriateness_questionnaire="passed")
    assert (decision.outcome, grounds(decision)) == ("deny", {"us-person"})
