"""The U.S. tests of the shipped rulebook, held to the text of the law over every combination of a few facts.

What is expected here is written down from 17 CFR 230.902(k), 26 U.S.C. 7701(b)(3) and Annex I of the Model 1 agreement
a second time, in Python, one function a paragraph, and shares nothing with the rule files.
"""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from itertools import chain, combinations, product
from typing import TYPE_CHECKING, Any

import pytest

from compliance import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance.engine.book import BookAt

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
BOTH = (True, False)
VERIFIED: dict[str, Any] = {
    "identity_verified": True,
    "identity_verified_at": "2026-09-01T09:00:00Z",
    "sanctions_screening": "clear",
    "screened_at": "2026-10-05T06:00:00Z",
}
CHECKED: dict[str, Any] = VERIFIED | {"acts_for_us_person": False}
CITIZEN: dict[str, Any] = CHECKED | {
    "residence": "MX",
    "citizenships": ["MX"],
    "tax_residences": ["MX"],
    "green_card": False,
    "us_days_this_year": 0,
    "us_indicia": [],
    "us_indicia_checked_at": "2026-09-01T09:00:00Z",
    "age": 40,
    "investor_class": "retail",
}
UNBLOCKED: dict[str, Any] = {
    "owners": [{"id": "owner", "kind": "natural-person", "share": "100", "blocked": False}],
    "controllers_listed_by": [],
}
COMPANY: dict[str, Any] = CHECKED | {
    "organised_in": "MX",
    "principal_place": "MX",
    "passive_vehicle": False,
    "us_holders_share": "0",
    "controllers_listed_by": [],
    "formed_by_us_person_to_invest": False,
}


@pytest.fixture(scope="module")
def book() -> BookAt:
    return load().at(NOW)


def answers(book: BookAt, kind: str, cases: Iterable[dict[str, Any]]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield outcome and grounds of an order to buy an xStock, for each set of facts."""
    bodies = [
        {
            "subject": {"type": kind, "properties": facts},
            "action": {"name": "buy"},
            "resource": {"type": "instrument", "id": "AAPLx"},
            "context": {"location": "MX", "distributor": "payward-bermuda"},
        }
        for facts in cases
    ]
    for answered in book.decide_many(bodies):
        assert answered.refused is None
        assert answered.outcome is not None
        yield answered.outcome, frozenset(answered.grounds)


def prongs(book: BookAt, kind: str, cases: Iterable[dict[str, Any]]) -> list[frozenset[str]]:
    """Return for each set of facts which paragraphs of (k)(1) deny, as `i`, `ii`, ..."""
    return [
        frozenset(ground.removeprefix("reg-s-k1-") for ground in grounds if ground.startswith("reg-s-k1-"))
        for _, grounds in answers(book, kind, cases)
    ]


TESTS = ("regulation-s", "cftc", "tax")


def _subsets(members: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(each) for each in chain.from_iterable(combinations(members, n) for n in range(len(members) + 1))]


def test_accounts_are_us_persons_by_paragraphs_vi_and_vii_less_i(book: BookAt) -> None:
    expected, cases = [], []
    for discretionary, home, professional, tests in product(BOTH, ("US-NY", "GU", "JE"), BOTH, _subsets(TESTS)):
        for_us = "regulation-s" in tests
        cases.append(
            VERIFIED
            | {
                "beneficiary_home": "MX",
                "discretionary": discretionary,
                "fiduciary_home": home,
                "fiduciary_is_professional": professional,
                "beneficiary_us_person_by": sorted(tests),
            }
            | UNBLOCKED
        )
        sixth = not discretionary and for_us
        excluded = professional and not for_us
        seventh = discretionary and home != "JE" and not excluded
        expected.append(frozenset({"vi"} if sixth else {"vii"} if seventh else ()))
    assert prongs(book, "account", cases) == expected


FIDUCIARIES = [
    {"home": home, "regulation_s": status, "professional": professional, "investment_discretion": decides}
    for home, status, professional, decides in product(("US-DE", "JE"), ("us-person", "excluded", "other"), BOTH, BOTH)
]
TEAMS = [list(team) for size in (1, 2) for team in combinations(FIDUCIARIES, size)]


def _is_us_person(one: dict[str, Any]) -> bool:
    """Whether a fiduciary is one by (k) as a whole; who is at home there is one unless (k)(2) takes it out."""
    return one["regulation_s"] == "us-person" or (one["regulation_s"] == "other" and one["home"].startswith("US"))


def _led_by_others(team: list[dict[str, Any]]) -> bool:
    us_persons = [one for one in team if _is_us_person(one)]
    others = [one for one in team if one not in us_persons]
    return all(one["professional"] for one in us_persons) and any(one["investment_discretion"] for one in others)


def _with_a_us_person(team: list[dict[str, Any]]) -> bool:
    return any(_is_us_person(one) for one in team)


def test_estates_are_us_persons_by_paragraph_iii_less_ii(book: BookAt) -> None:
    expected, cases = [], []
    for team, law in product(TEAMS, ("US-NY", "MX")):
        cases.append(
            CHECKED
            | {
                "governing_law": law,
                "administered_in": "MX",
                "tax_residences": ["MX"],
                "fiduciaries": team,
                "us_taxed_on_all_income": False,
            }
            | UNBLOCKED
        )
        excluded = _led_by_others(team) and law == "MX"
        expected.append(frozenset({"iii"} if _with_a_us_person(team) and not excluded else ()))
    assert prongs(book, "estate", cases) == expected


def test_trusts_are_us_persons_by_paragraph_iv_less_iii_iv_and_vi(book: BookAt) -> None:
    statuses = ("none", "foreign-benefit-plan", "foreign-employers-pension-plan", "international-organisation")
    expected, cases = [], []
    for team, benefits, revocable, settles, status in product(TEAMS, BOTH, BOTH, BOTH, statuses):
        cases.append(
            CHECKED
            | {
                "governing_law": "JE",
                "administered_in": "JE",
                "tax_residences": ["JE"],
                "fiduciaries": team,
                "has_us_beneficiary": benefits,
                "revocable": revocable,
                "has_us_settlor": settles,
                "special_status": status,
                "us_court_supervises": False,
                "us_taxed_on_all_income": False,
                "passive_vehicle": False,
            }
            | UNBLOCKED
        )
        third = _led_by_others(team) and not benefits and not (revocable and settles)
        excluded = third or status != "none"
        expected.append(frozenset({"iv"} if _with_a_us_person(team) and not excluded else ()))
    assert prongs(book, "trust", cases) == expected


def _owner(kind: str) -> dict[str, Any]:
    person = {"id": "person", "kind": "natural-person", "share": "100", "blocked": False}
    if kind == "natural-person":
        return person
    return {"id": "owner", "kind": kind, "share": "100", "blocked": False, "owners": [person]}


def test_companies_are_us_persons_by_paragraphs_ii_and_viii_less_iv_and_vi(book: BookAt) -> None:
    statuses = ("none", "foreign-benefit-plan", "foreign-employers-pension-plan", "international-organisation")
    kinds = ("natural-person", "company", "trust", "estate")
    expected, cases = [], []
    for law, formed, accredited, owner, status in product(("US-DE", "PR", "MX"), BOTH, BOTH, kinds, statuses):
        cases.append(
            COMPANY
            | {
                "organised_in": law,
                "tax_residences": ["MX"],
                "formed_by_us_person_to_invest": formed,
                "owned_by_accredited_entities": accredited,
                "owners": [_owner(owner)],
                "special_status": status,
            }
        )
        spared = accredited and owner == "company"
        found = {"ii"} if law != "MX" else {"viii"} if formed and not spared else set()
        expected.append(frozenset(found if status == "none" else ()))
    assert prongs(book, "company", cases) == expected


def test_branches_are_us_persons_by_paragraphs_ii_v_and_viii_less_v_and_vi(book: BookAt) -> None:
    expected, cases = [], []
    statuses = ("none", "international-organisation")
    for place, law, formed, reasons, regulated, status in product(
        ("US-NY", "MX"), ("US-NY", "MX"), BOTH, BOTH, BOTH, statuses
    ):
        cases.append(
            COMPANY
            | {
                "branch_location": place,
                "organised_in": law,
                "formed_by_us_person_to_invest": formed,
                "owned_by_accredited_entities": False,
                "owners": [_owner("natural-person")],
                "valid_business_reasons": reasons,
                "regulated_bank_or_insurer": regulated,
                "special_status": status,
            }
        )
        fifth = place != "MX" or not (reasons and regulated)
        found = {"v"} if place != "MX" else set()
        found |= {"ii"} if law != "MX" and fifth else set()
        found |= {"viii"} if law == "MX" and formed and fifth else set()
        expected.append(frozenset(found if status == "none" else ()))
    assert prongs(book, "branch", cases) == expected


def test_companies_are_united_states_persons_for_the_cftc_by_place_and_by_pool(book: BookAt) -> None:
    expected, cases = [], []
    places = ("US-TX", "PR", "MX")
    shares, statuses = ("0", "9.99", "10", "49.99"), ("none", "foreign-benefit-plan", "foreign-employers-pension-plan")
    for law, run, pool, share, made, status in product(places, places, BOTH, shares, BOTH, statuses):
        cases.append(
            COMPANY
            | {
                "organised_in": law,
                "principal_place": run,
                "tax_residences": ["MX"],
                "passive_vehicle": pool,
                "us_holders_share": share,
                "formed_to_admit_us_persons": made,
                "owners": [_owner("natural-person")],
                "special_status": status,
            }
        )
        of_a_pool = pool and (made or Fraction(share) >= 10) and status != "foreign-employers-pension-plan"
        expected.append(law != "MX" or run != "MX" or of_a_pool)
    assert ["us-person" in grounds for _, grounds in answers(book, "company", cases)] == expected


def test_trusts_are_united_states_persons_for_the_cftc_by_tax_and_by_pool(book: BookAt) -> None:
    expected, cases = [], []
    shares, statuses = ("0", "9.99", "10"), ("none", "foreign-benefit-plan", "foreign-employers-pension-plan")
    for taxed, pool, share, made, status in product(BOTH, BOTH, shares, BOTH, statuses):
        cases.append(
            CHECKED
            | UNBLOCKED
            | {
                "governing_law": "JE",
                "administered_in": "JE",
                "tax_residences": ["JE"],
                "fiduciaries": [
                    {"home": "JE", "regulation_s": "other", "professional": True, "investment_discretion": True}
                ],
                "us_court_supervises": False,
                "us_taxed_on_all_income": taxed,
                "passive_vehicle": pool,
                "us_holders_share": share,
                "formed_to_admit_us_persons": made,
                "special_status": status,
            }
        )
        of_a_pool = pool and (made or Fraction(share) >= 10) and status != "foreign-employers-pension-plan"
        expected.append(taxed or of_a_pool)
    assert ["us-person" in grounds for _, grounds in answers(book, "trust", cases)] == expected


def test_accounts_are_us_persons_by_whichever_test_makes_their_beneficiary_one(book: BookAt) -> None:
    cases = [
        VERIFIED
        | UNBLOCKED
        | {
            "beneficiary_home": "MX",
            "discretionary": False,
            "beneficiary_us_person_by": sorted(tests),
        }
        for tests in _subsets(TESTS)
    ]
    found = list(answers(book, "account", cases))
    assert ["reg-s-k1-vi" in grounds for _, grounds in found] == ["regulation-s" in tests for tests in _subsets(TESTS)]
    assert ["us-person" in grounds for _, grounds in found] == [
        bool(tests & {"cftc", "tax"}) for tests in _subsets(TESTS)
    ]
    assert [outcome for outcome, _ in found] == ["deny" if tests else "allow" for tests in _subsets(TESTS)]


def test_days_of_presence_are_counted_in_exact_thirds_and_sixths(book: BookAt) -> None:
    days = [
        *product((30, 31, 182, 183, 366), (0, 1, 365, 366), (0, 5, 6, 366)),
        *product((120, 121, 122, 123), repeat=3),
    ]
    names = ("us_days_this_year", "us_days_last_year", "us_days_year_before")
    found = answers(book, "natural-person", (CITIZEN | dict(zip(names, counted, strict=True)) for counted in days))
    for (now, last, before), (outcome, grounds) in zip(days, found, strict=True):
        present = now >= 31 and now + Fraction(last, 3) + Fraction(before, 6) >= 183
        assert (outcome, "us-person" in grounds) == (("deny", True) if present else ("allow", False))


SIGNS = (
    "citizen-or-resident",
    "birthplace",
    "address",
    "telephone",
    "standing-instructions",
    "power-of-attorney",
    "signatory-authority",
    "sole-care-of-address",
)
EVIDENCE = ("self-certification", "foreign-identity-document", "other-document", "certificate-of-loss", "explanation")


def _cured(sign: str, held: frozenset[str]) -> bool:
    """Whether what is held cures one sign: Annex I, II.B(4), with both pieces where it takes either (the house)."""
    if sign == "citizen-or-resident" or "self-certification" not in held:
        return False
    if sign == "birthplace":
        return "foreign-identity-document" in held and bool(held & {"certificate-of-loss", "explanation"})
    return bool(held & {"foreign-identity-document", "other-document"})


def test_whatever_signs_there_are_each_must_be_cured(book: BookAt) -> None:
    cases = list(product(_subsets(SIGNS), _subsets(EVIDENCE)))
    assert len(cases) == 256 * 32
    found = answers(
        book,
        "natural-person",
        (CITIZEN | {"us_indicia": sorted(signs), "us_indicia_evidence": sorted(held)} for signs, held in cases),
    )
    for (signs, held), (outcome, grounds) in zip(cases, found, strict=True):
        settled = all(_cured(sign, held) for sign in signs)
        assert (outcome, "us-indicia" in grounds) == (("allow", False) if settled else ("refer", True))
