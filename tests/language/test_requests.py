from __future__ import annotations

import pytest

from tests.language.small import CASES, VOCABULARY, found, loaded

WHOLE = """\
as_of: 2026-06-01T00:00:00Z
cases:
  - case: an example
    subject: {subject}
    action: {action}
    resource: {resource}
    context: {context}
    outcome: deny
"""
PARTY = VOCABULARY + (
    "counterparties:\n  buyer: {of: [sell], decided_as: buy}\n"
    "context:\n  place: {type: territory, means: where}\n"
    "action:\n  amount: {type: money, means: how much}\n  price: {type: decimal, means: for what}\n"
)


def case(subject="{type: person}", action="{name: buy}", resource="{type: share, id: A}", context="{}"):
    text = WHOLE.format(subject=subject, action=action, resource=resource, context=context)
    return {"rules/vocabulary.yaml": PARTY, "rules/tests/test.cases.yaml": text}


def request(**parts):
    return loaded(case(**parts)).cases[0].request


def test_the_facts_of_a_part_become_its_properties():
    assert request(
        subject="{type: person, id: anna, residence: CH, tested: true}",
        action="{name: buy, amount: 1000.00 EUR, price: 12.50}",
        resource="{type: share, id: A, halted: false}",
        context="{place: UA-43}",
    ) == {
        "subject": {"type": "person", "id": "anna", "properties": {"residence": "CH", "tested": True}},
        "action": {
            "name": "buy",
            "properties": {"amount": {"amount": "1000.00", "currency": "EUR"}, "price": "12.50"},
        },
        "resource": {"type": "share", "id": "A", "properties": {"halted": False}},
        "context": {"place": "UA-43"},
    }


def test_a_part_without_facts_has_no_properties():
    assert request()["subject"] == {"type": "person"}
    assert request()["context"] == {}


def test_an_optional_fact_may_be_absent():
    assert request(subject="{type: person, partner: null}")["subject"] == {
        "type": "person",
        "properties": {"partner": None},
    }


def test_a_fact_may_say_who_attested_it_and_until_when():
    subject = '{type: person, tested: {value: true, attested_by: desk, valid_until: "2026-12-31T00:00:00Z"}}'
    assert request(subject=subject)["subject"] == {
        "type": "person",
        "properties": {"tested": {"value": True, "attested_by": "desk", "valid_until": "2026-12-31T00:00:00Z"}},
    }


def test_records_are_carried_as_json():
    subject = "{type: company, owners: [{name: A, share: 50, owners: [{name: B}]}]}"
    assert request(subject=subject)["subject"] == {
        "type": "company",
        "properties": {"owners": [{"name": "A", "share": "50", "owners": [{"name": "B"}]}]},
    }


def test_a_second_subject_is_a_subject():
    action = "{name: sell, buyer: {type: company, id: x, seat: LI}}"
    assert request(action=action)["action"] == {
        "name": "sell",
        "properties": {"buyer": {"type": "company", "id": "x", "properties": {"seat": "LI"}}},
    }


@pytest.mark.parametrize(
    ("parts", "slug", "marked"),
    [
        ({"subject": "{residence: CH}"}, "missing-field", "an example"),
        ({"resource": "{type: share}"}, "missing-field", "an example"),
        ({"subject": "{type: persona}"}, "unknown-kind", "persona"),
        ({"action": "{name: bye}"}, "unknown-action", "bye"),
        ({"resource": "{type: shares, id: A}"}, "unknown-resource-type", "shares"),
        ({"subject": "{type: person, residense: CH}"}, "unknown-fact", "residense"),
        ({"subject": "{type: person, seat: CH}"}, "fact-of-other-kind", "seat"),
        ({"subject": "{type: person, residence: ch}"}, "bad-value", "ch"),
        ({"subject": "{type: person, residence: null}"}, "bad-value", "null"),
        ({"subject": "{type: person, tested: {value: 1}}"}, "bad-value", "1"),
        ({"subject": "{type: person, tested: {value: true, by: desk}}"}, "unknown-key", "by"),
        ({"subject": "{type: person, tested: {value: true, observed_at: today}}"}, "bad-value", "today"),
        ({"resource": "{type: share, id: A, colour: red}"}, "fact-not-given", "colour"),
        ({"context": '{time: "2026-01-01T00:00:00Z"}'}, "misplaced-key", "time"),
        ({"action": "{name: sell, buyer: anna}"}, "wrong-shape", "a"),
        ({"action": "{name: sell, buyer: {type: person, seat: CH}}"}, "fact-of-other-kind", "seat"),
        ({"action": "{name: sell, buyer: {seat: CH}}"}, "missing-field", "an example"),
        ({"action": "{name: buy, buyer: {type: person}}"}, "unknown-fact", "buyer"),
        ({"subject": "[person]"}, "wrong-shape", "["),
    ],
)
def test_what_no_request_could_say_is_pointed_at(parts, slug, marked):
    assert (slug, marked) in found(case(**parts))


def test_facts_that_cannot_be_read_are_no_mistake_of_a_case():
    text = VOCABULARY.replace("tested: {type: bool", "tested: {type: bol")
    assert found({"rules/vocabulary.yaml": text, "rules/tests/test.cases.yaml": CASES}) == [("unknown-type", "bol")]
