"""A second subject that an action names: read as a request of its own, and never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.engine.decoder import Surroundings, decode
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.small_venue import (
    NOW,
    VOCABULARY,
    body,
    pointers,
    read,
    transfer,
    venue,
)

BOB = {"type": "person", "id": "p-2", "properties": {"residence": "DE"}}
BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "authzen"])


@BOTH
def test_a_recipient_is_decided_as_a_request_of_its_own(strict: bool) -> None:
    given = transfer(BOB, context={"location": "BR"})
    given["action"]["properties"]["amount"] = {"amount": "1", "currency": "EUR"}
    request = read(given, strict=strict)
    assert request.counterparty is not None
    name, second = request.counterparty
    assert (name, second.action, second.kind, second.subject_id, second.homes) == (
        "recipient",
        "receive",
        "person",
        "p-2",
        ("DE",),
    )
    assert (second.resource_id, second.product, second.time) == ("AAPLx", "stocks", NOW)
    for path in ("action.amount", "context.location"):
        assert second.facts[path] == request.facts[path]
    assert second.facts["action.name"] == "receive"


def test_whether_a_recipient_is_named_is_known_for_every_action_that_may_name_one() -> None:
    assert read(transfer(BOB)).facts["action.recipient_named"] is True
    assert read(body(action__name="transfer")).facts["action.recipient_named"] is False
    assert read(body()).facts["action.recipient_named"] is UNKNOWN


@BOTH
@pytest.mark.parametrize(
    ("recipient", "pointer"),
    [
        ("p-2", ""),
        ({}, "/type"),
        ({"type": 7, "id": "p-2"}, "/type"),
        ({"type": "person", "id": "p-2", "properties": {"residence": "XX"}}, "/properties/residence"),
    ],
)
def test_a_mistake_about_a_recipient_points_into_the_action(strict: bool, recipient: object, pointer: str) -> None:
    assert pointers(transfer(recipient), strict=strict)[0] == "/action/properties/recipient" + pointer


def test_a_mistake_about_a_recipients_owners_points_into_the_action() -> None:
    owner = {"id": "x", "kind": "natural-person", "share": "101", "listed": True}
    recipient = {"type": "company", "id": "c-1", "properties": {"seats": ["BR"], "owners": [owner]}}
    assert pointers(transfer(recipient)) == ["/action/properties/recipient/properties/owners"]


def test_the_mistakes_of_both_subjects_are_told_at_once_and_each_once() -> None:
    given = transfer({**BOB, "properties": {"residence": "XX"}}, subject__properties={"adlut": 1}, context={"place": 1})
    assert pointers(given) == [
        "/subject/properties/adlut",
        "/context/place",
        "/action/properties/recipient/properties/residence",
    ]


def test_what_is_ignored_about_a_recipient_is_listed_at_its_place_and_once() -> None:
    recipient = {**BOB, "role": "x", "properties": {"residence": "DE", "adlut": True}}
    request = read(transfer(recipient, trace="1", context={"trace": "x"}), strict=False)
    assert request.counterparty is not None
    assert request.counterparty[1].ignored == (
        "/action/properties/recipient/role",
        "/action/properties/recipient/properties/adlut",
    )
    assert request.ignored == ("/trace", "/context/trace", *request.counterparty[1].ignored)


def test_an_action_without_a_second_subject_takes_none() -> None:
    given = body(action__properties={"recipient": BOB})
    assert pointers(given) == ["/action/properties/recipient"]
    assert read(given, strict=False).counterparty is None


def test_an_unknown_kind_of_recipient_is_a_deny_of_its_own_where_authzen_says_so() -> None:
    request = read(transfer({"type": "robot", "id": "r-1"}), strict=False)
    assert request.refused is None
    assert request.counterparty is not None
    assert request.counterparty[1].refused == "unknown-subject-type"


@BOTH
def test_a_fact_of_the_action_that_only_the_sender_can_have_never_loses_the_recipient(strict: bool) -> None:
    amount = replace(VOCABULARY.facts["action.amount"], kinds=frozenset({"person"}))
    ruleset = venue(vocabulary=replace(VOCABULARY, facts={**VOCABULARY.facts, "action.amount": amount}))
    given = transfer({"type": "company", "id": "c-1", "properties": {"seats": ["DE"]}})
    given["action"]["properties"]["amount"] = {"amount": "1", "currency": "EUR"}
    request = decode(ruleset, given, Surroundings(NOW), strict=strict)
    assert request.counterparty is not None
    assert request.counterparty[1].facts["action.amount"] is UNKNOWN
    assert request.ignored == ()
