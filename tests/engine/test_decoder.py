"""What a request says, fact by fact: taken strictly, refused with a pointer, or unknown; never guessed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.engine.envelope import Problem
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Evidence, Money
from tests.engine.small_venue import (
    DAY,
    HOUR,
    NOW,
    VOCABULARY,
    body,
    company,
    pointers,
    problems,
    read,
    text,
    transfer,
)

BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "authzen"])


# What is taken.


@BOTH
def test_facts_of_every_part_are_read_by_their_types(strict: bool) -> None:
    request = read(
        body(
            subject__properties={"residence": "BR", "adult": True, "score": "1.50", "tags": ["a"]},
            action__properties={"amount": {"amount": "10.00", "currency": "EUR"}},
            context={"location": "UA-43"},
        ),
        strict=strict,
    )
    paths = ("subject.residence", "subject.adult", "subject.score", "subject.tags", "action.amount", "context.location")
    assert [request.facts[path] for path in paths] == [
        "BR",
        True,
        Decimal("1.50"),
        frozenset({"a"}),
        Money(Decimal("10.00"), "EUR"),
        "UA-43",
    ]


def test_what_every_request_says_is_known_without_being_declared() -> None:
    request = read(body())
    names = ("subject.type", "action.name", "resource.type", "resource.id", "resource.product", "context.time")
    assert [request.facts[name] for name in names] == ["person", "buy", "instrument", "AAPLx", "stocks", NOW]
    assert (request.homes, request.facts["subject.homes"]) == (("BR",), frozenset({"BR"}))
    assert (request.subject_id, request.time, request.refused) == ("p-1", NOW, None)


def test_a_fact_that_is_not_given_is_unknown() -> None:
    request = read(body(subject__properties={}))
    assert request.facts["subject.adult"] is UNKNOWN
    assert request.facts["subject.residence"] is UNKNOWN
    assert request.facts["subject.homes"] is UNKNOWN
    assert request.homes[0] is UNKNOWN


def test_null_says_absent_where_the_vocabulary_allows_it() -> None:
    assert read(body(subject__properties={"score": None})).facts["subject.score"] is None
    assert read(body(subject__properties={"score": {"value": None}})).facts["subject.score"] is None


@BOTH
def test_null_is_refused_everywhere_else(strict: bool) -> None:
    assert pointers(body(subject__properties={"adult": None}), strict=strict) == ["/subject/properties/adult"]
    assert pointers(body(subject__properties={"adult": {"value": None}}), strict=strict) == [
        "/subject/properties/adult"
    ]


# What is refused.


@BOTH
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("residence", "us"),
        ("residence", "USA"),
        ("residence", "UK"),
        ("residence", 840),
        ("adult", "true"),
        ("adult", 1),
        ("score", 0.5),
        ("score", "NaN"),
        ("score", "1e3"),
        ("tags", "a"),
        ("tags", ["a", "a"]),
        ("rating", "Good"),
    ],
)
def test_a_value_outside_its_type_is_refused_and_never_unknown(strict: bool, name: str, value: object) -> None:
    found = pointers(body(subject__properties={name: value}), strict=strict)
    assert [pointer.startswith(f"/subject/properties/{name}") for pointer in found] == [True]


def test_every_problem_of_a_request_is_told_at_once_with_its_place() -> None:
    given = body(
        subject__properties={"residence": "XX", "adlut": True},
        action__properties={"amount": {"amount": "-1", "currency": "EUR"}},
        context={"location": "Paris"},
    )
    assert pointers(given) == [
        "/subject/properties/residence",
        "/subject/properties/adlut",
        "/action/properties/amount/amount",
        "/context/location",
    ]


def test_a_mistake_inside_a_record_points_into_it() -> None:
    given = company(owners=[{"share": "10"}, {"share": 0.5}])
    assert pointers(given) == ["/subject/properties/owners/1/share"]


def test_an_unknown_name_is_refused_with_what_may_have_been_meant() -> None:
    assert problems(body(subject__properties={"adlut": True})) == [
        Problem("/subject/properties/adlut", "`adlut` is not in the vocabulary", "did you mean `adult`?")
    ]


def test_an_unknown_name_is_ignored_and_listed_where_authzen_says_so() -> None:
    given = body(subject__properties={"adlut": True, "a/b": 1}, context={"trace": "x"})
    request = read(given, strict=False)
    assert request.ignored == ("/subject/properties/adlut", "/subject/properties/a~1b", "/context/trace")
    assert request.facts["subject.adult"] is UNKNOWN


def test_a_fact_of_another_kind_of_subject_is_refused_or_ignored() -> None:
    given = company(residence="BR")
    assert [(found.pointer, found.help) for found in problems(given)] == [
        ("/subject/properties/residence", "it belongs to: person")
    ]
    assert read(given, strict=False).facts["subject.residence"] is UNKNOWN


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("resource__properties", "issuer", "Mallory"),
        ("resource__properties", "halted", False),
        ("action__properties", "recipient_named", True),
        ("context", "mark", 7),
        ("context", "time", "2020-01-01T00:00:00Z"),
    ],
)
def test_what_only_the_house_knows_is_never_taken_from_a_client(part: str, name: str, value: object) -> None:
    given = body(**{part: {name: value}})
    where = f"/{part.replace('__', '/')}/{name}"
    assert pointers(given) == [where]
    request, plain = read(given, strict=False), read(body())
    assert request.ignored == (where,)
    path = f"{part.partition('__')[0]}.{name}"
    assert request.facts[path] is plain.facts[path]


def test_a_computed_fact_is_never_taken_from_a_client() -> None:
    given = company(blocked=False)
    assert pointers(given) == ["/subject/properties/blocked"]
    assert read(given, strict=False).facts["subject.blocked"] is UNKNOWN


def test_the_homes_of_a_subject_are_never_taken_from_a_client() -> None:
    assert pointers(body(subject__properties={"homes": ["BR"]})) == ["/subject/properties/homes"]


def test_a_retired_fact_is_accepted_ignored_and_warned_of() -> None:
    request = read(body(subject__properties={"nickname": 7}))
    assert request.facts["subject.nickname"] is UNKNOWN
    assert request.warnings == ("subject.nickname is retired: nobody reads it",)


# Evidence.


def test_a_value_may_come_with_who_attested_it_and_when() -> None:
    given = {
        "value": True,
        "attested_by": "kyc-1",
        "observed_at": text(NOW - DAY),
        "valid_until": text(NOW + DAY),
    }
    request = read(body(subject__properties={"adult": given}))
    assert request.facts["subject.adult"] is True
    assert request.evidence == {"subject.adult": Evidence("kyc-1", NOW - DAY, NOW + DAY)}


@BOTH
@pytest.mark.parametrize(
    ("evidence", "pointer"),
    [
        ({"value": True, "seen_at": "x"}, "/seen_at"),
        ({"value": "yes"}, "/value"),
        ({"value": True, "observed_at": "yesterday"}, "/observed_at"),
        ({"value": True, "valid_until": "2026-10-05T12:00:00"}, "/valid_until"),
        ({"value": True, "attested_by": ""}, "/attested_by"),
        ({"value": True, "attested_by": 7}, "/attested_by"),
        ({"attested_by": "kyc-1"}, ""),
    ],
)
def test_bad_evidence_is_refused_at_its_place(strict: bool, evidence: object, pointer: str) -> None:
    found = pointers(body(subject__properties={"adult": evidence}), strict=strict)
    assert found == ["/subject/properties/adult" + pointer]


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        ({}, "undated"),
        ({"observed_at": text(NOW + timedelta(seconds=1))}, "undated"),
        ({"observed_at": text(NOW - 365 * DAY)}, "stale"),
        ({"observed_at": text(NOW - DAY), "valid_until": text(NOW)}, "expired"),
        ({"observed_at": text(NOW - 365 * DAY + timedelta(seconds=1))}, None),
        ({"observed_at": text(NOW), "valid_until": text(NOW + timedelta(seconds=1))}, None),
    ],
)
def test_a_fact_too_old_or_of_no_known_age_is_unknown_and_says_why(evidence: dict[str, str], why: str | None) -> None:
    request = read(body(subject__properties={"verified": {"value": True, **evidence}}))
    assert request.why.get("subject.verified") == why
    assert request.facts["subject.verified"] is (True if why is None else UNKNOWN)


def test_a_bare_value_of_a_fact_that_goes_stale_is_undated() -> None:
    assert read(body(subject__properties={"verified": True})).why == {"subject.verified": "undated"}


def test_an_expired_value_is_unknown_also_where_nothing_goes_stale() -> None:
    request = read(body(subject__properties={"adult": {"value": True, "valid_until": text(NOW)}}))
    assert request.facts["subject.adult"] is UNKNOWN
    assert request.why == {"subject.adult": "expired"}


def test_an_expired_value_that_says_absent_is_unknown_too() -> None:
    request = read(body(subject__properties={"score": {"value": None, "valid_until": text(NOW)}}))
    assert request.facts["subject.score"] is UNKNOWN


def test_the_answer_holds_until_the_first_fact_stops_to_count() -> None:
    verified = {"value": True, "observed_at": text(NOW - 364 * DAY)}
    adult = {"value": True, "valid_until": text(NOW + HOUR)}
    assert read(body()).holds_until is None
    assert read(body(subject__properties={"verified": verified})).holds_until == NOW + DAY
    assert read(body(subject__properties={"verified": verified, "adult": adult})).holds_until == NOW + HOUR


@given(age=st.timedeltas(timedelta(0), 800 * DAY), left=st.timedeltas(-DAY, DAY))
def test_a_fact_counts_exactly_while_it_is_neither_stale_nor_expired(age: timedelta, left: timedelta) -> None:
    evidence = {"value": True, "observed_at": text(NOW - age), "valid_until": text(NOW + left)}
    request = read(body(subject__properties={"verified": evidence}))
    counts = age < 365 * DAY and left > timedelta(0)
    assert (request.facts["subject.verified"] is True) is counts
    assert not counts or request.holds_until == min(NOW + left, NOW - age + 365 * DAY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([path.split(".", 1)[1] for path in VOCABULARY.facts])


@given(
    subject=st.dictionaries(NAMES | st.text(max_size=4), JSON, max_size=4),
    context=st.dictionaries(NAMES | st.text(max_size=4), JSON, max_size=4),
    recipient=JSON,
    strict=st.booleans(),
)
def test_whatever_is_sent_is_read_or_refused_with_pointers(
    subject: dict[str, Any], context: dict[str, Any], recipient: object, strict: bool
) -> None:
    given = transfer(recipient, subject__properties=subject, context=context)
    found = problems(given, strict=strict)
    assert all(problem.pointer.startswith("/") and problem.message for problem in found)
    if not found:
        request = read(given, strict=strict)
        assert request.facts["context.time"] == NOW
        assert recipient is None or request.counterparty is not None
