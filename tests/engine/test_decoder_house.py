"""What the house adds to a request: catalogue, feeds, the gate, computation; and what resources can stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from compliance.engine.decoder import FedValue, Surroundings
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Record
from tests.engine.small_venue import (
    HOUR,
    NOW,
    body,
    company,
    pointers,
    read,
    text,
)

BOTH = pytest.mark.parametrize("strict", [True, False], ids=["strict", "authzen"])


def test_the_catalogue_says_what_a_resource_is() -> None:
    assert read(body()).facts["resource.issuer"] == "Backed"
    assert read(body(resource__id="TSLAx")).facts["resource.issuer"] is UNKNOWN


def test_the_catalogue_says_what_a_catalogued_subject_is_where_the_request_does_not() -> None:
    acme = {"type": "company", "id": "acme", "properties": {"seats": ["BR"]}}
    assert read(body(subject=acme)).facts["subject.rating"] == "good"
    acme["properties"] = {"seats": ["BR"], "rating": "bad"}
    assert read(body(subject=acme)).facts["subject.rating"] == "bad"


def test_a_request_that_gave_a_fact_too_old_does_not_fall_back_to_the_catalogue() -> None:
    rating = {"value": "bad", "valid_until": text(NOW)}
    acme = {"type": "company", "id": "acme", "properties": {"seats": ["BR"], "rating": rating}}
    assert read(body(subject=acme)).facts["subject.rating"] is UNKNOWN


def test_what_nobody_feeds_is_assumed_where_the_vocabulary_says_what_holds_and_else_unknown() -> None:
    request = read(body())
    assert request.facts["resource.halted"] is False
    assert request.assumed == ("resource.halted",)
    assert request.facts["resource.paused"] is UNKNOWN


@pytest.mark.parametrize("resource", ["AAPLx", "*"])
def test_a_fed_value_counts_until_it_ends(resource: str) -> None:
    fed = {("resource.halted", resource): FedValue(value=True, valid_until=NOW + HOUR)}
    request = read(body(), around=Surroundings(NOW, fed))
    assert (request.facts["resource.halted"], request.assumed, request.holds_until) == (True, (), NOW + HOUR)


def test_a_fed_value_that_ended_is_unknown_and_nothing_is_assumed_in_its_place() -> None:
    fed = {("resource.halted", "AAPLx"): FedValue(value=False, valid_until=NOW)}
    request = read(body(), around=Surroundings(NOW, fed))
    assert request.facts["resource.halted"] is UNKNOWN
    assert (request.why, request.assumed) == ({"resource.halted": "stale"}, ())


def test_a_feed_for_one_resource_says_nothing_about_another() -> None:
    fed = {("resource.paused", "TSLAx"): FedValue(value=False, valid_until=NOW + HOUR)}
    assert read(body(), around=Surroundings(NOW, fed)).facts["resource.paused"] is UNKNOWN


def test_a_feed_reaches_a_resource_that_was_named_by_another_identifier() -> None:
    fed = {("resource.halted", "AAPLx"): FedValue(value=True, valid_until=NOW + HOUR)}
    request = read(body(resource__id="US0378331005"), around=Surroundings(NOW, fed))
    assert (request.resource_id, request.facts["resource.halted"]) == ("AAPLx", True)


def test_the_gate_says_what_only_the_gate_knows() -> None:
    assert read(body(), around=Surroundings(NOW, gate={"context.mark": 7})).facts["context.mark"] == 7


def test_the_house_cannot_say_absent_where_the_vocabulary_does_not_allow_it() -> None:
    fed = {("resource.halted", "AAPLx"): FedValue(value=None, valid_until=NOW + HOUR)}
    request = read(body(), around=Surroundings(NOW, fed, gate={"context.mark": None}))
    assert request.facts["resource.halted"] is UNKNOWN
    assert request.facts["context.mark"] is UNKNOWN


def rate(observed_at: datetime | None, price: str = "0.5") -> Record:
    """Return a rate from dollars to euros."""
    fields: dict[str, Any] = {"from": "USD", "to": "EUR", "rate": Decimal(price)}
    return Record("FxRate", fields if observed_at is None else {**fields, "observed_at": observed_at})


@pytest.mark.parametrize(
    ("observed_at", "counts"),
    [
        (NOW, True),
        (NOW - HOUR + timedelta(seconds=1), True),
        (NOW - HOUR, False),
        (NOW + timedelta(seconds=1), False),
        (None, False),
    ],
)
def test_a_rate_counts_only_while_it_is_fresh(observed_at: datetime | None, counts: bool) -> None:
    request = read(body(), around=Surroundings(NOW, gate={"context.fx": (rate(observed_at),)}))
    rates: Any = request.facts["context.fx"]
    assert (rates[0]["rate"] == Decimal("0.5")) if counts else (rates[0]["rate"] is UNKNOWN)
    assert request.holds_until == (observed_at + HOUR if counts and observed_at is not None else None)


def test_owners_are_summed_and_an_owner_not_on_file_leaves_it_open() -> None:
    listed = {"id": "x", "kind": "natural-person", "share": "50", "listed": True}
    other = {"id": "y", "kind": "natural-person", "share": "60", "listed": False}
    assert read(company(owners=[listed])).facts["subject.blocked"] is True
    assert read(company(owners=[other])).facts["subject.blocked"] is False
    assert read(company(owners=[])).facts["subject.blocked"] is UNKNOWN
    assert read(company()).facts["subject.blocked"] is UNKNOWN


def test_owners_that_contradict_themselves_are_refused_at_their_place() -> None:
    owner = {"id": "x", "kind": "natural-person", "share": "60", "listed": True}
    given = company(owners=[owner, {**owner, "id": "y"}])
    assert pointers(given) == ["/subject/properties/owners"]


# Resources.


@BOTH
def test_a_resource_that_cannot_stand_is_refused_with_a_ground_and_answers_nothing_else(strict: bool) -> None:
    for changes, ground in (
        ({"resource__id": "GOOGx"}, "unknown-instrument"),
        ({"resource__properties": {"isin": "US88160R1014"}}, "instrument-mismatch"),
        ({"action__name": "onboard"}, "action-not-for-instrument"),
    ):
        request = read(body(**changes), strict=strict)
        assert (request.refused, request.homes, request.product) == (ground, (), request.product)
        assert request.facts["subject.homes"] is UNKNOWN


def test_an_unknown_action_type_or_id_is_a_deny_where_authzen_says_so() -> None:
    for place, ground in (
        ("subject__type", "unknown-subject-type"),
        ("action__name", "unknown-action"),
        ("resource__type", "unknown-resource-type"),
    ):
        assert read(body(**{place: "nonsense"}), strict=False).refused == ground
        assert pointers(body(**{place: "nonsense"})) == ["/" + place.replace("__", "/")]
