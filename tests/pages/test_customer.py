"""A customer is a persona who lives elsewhere, as freshly verified as the persona is."""

from datetime import UTC, datetime

import pytest

from compliance.pages.customer import Customer

LATER = datetime(2027, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def customer(book):
    return Customer(book.rulebook, book.rulebook.personas["verified-retail"], LATER)


def test_he_lives_in_the_place_is_its_citizen_and_orders_from_there(customer):
    request = customer.asks("BR", "buy", "xstocks")
    facts = request["subject"]["properties"]
    assert (facts["residence"], facts["citizenships"], facts["tax_residences"]) == ("BR", ["BR"], ["BR"])
    assert request["context"]["location"] == "BR"
    assert facts["investor_class"] == "retail"


def test_the_newest_of_his_dates_is_the_instant_and_the_others_keep_their_distance(customer):
    facts = customer.asks("BR", "buy", "xstocks")["subject"]["properties"]
    # The persona was screened on 5 October 2026 at 06:00 and verified on 1 September at 09:00, 33 days and 21 hours before.
    assert facts["screened_at"] == "2027-02-03T04:05:00Z"
    assert facts["identity_verified_at"] == "2026-12-31T07:05:00Z"


def test_the_resource_is_his_own_where_the_action_takes_it(customer):
    assert customer.resource("buy", "xstocks") == {"type": "instrument", "id": "AAPLx"}
    assert customer.resource("onboard", "xstocks") == {"type": "product", "id": "xstocks"}
    assert customer.resource("buy", "xstocks-vaults") is None
    assert customer.asks("BR", "buy", "xstocks-vaults") is None


def test_what_is_missing_is_filled_in_once_from_the_examples(customer):
    request = customer.asks("DE", "buy", "xstocks")
    put = customer.completed(request, iter(["context.funding", "subject.investor_class_verified_at"]))
    assert [fact.path for fact in put] == ["context.funding", "subject.investor_class_verified_at"]
    assert request["context"]["funding"] == "fiat"
    assert request["subject"]["properties"]["investor_class_verified_at"] == "2027-02-03T04:05:00Z"
    assert not customer.completed(request, iter(["context.funding", "resource.halted"]))


def test_what_can_be_chosen_among_few_has_alternatives(customer, book):
    request = customer.asks("DE", "buy", "xstocks")
    (funding,) = customer.completed(request, iter(["context.funding"]))
    assert [other["context"]["funding"] for other in customer.alternatives(request, funding)] == ["crypto"]
    assert request["context"]["funding"] == "fiat"
    screening = book.rulebook.vocabulary.facts["subject.sanctions_screening"]
    assert list(customer.alternatives(request, screening)) == []


def test_what_is_said_about_the_order_and_not_about_him_is_the_venues_to_choose(customer):
    request = customer.asks("DE", "buy", "xstocks")
    said = customer.circumstances(request)
    assert [fact.path for fact in said] == ["context.location", "context.distributor"]
    assert list(customer.alternatives(request, said[0])) == []
    firms = [other["context"]["distributor"] for other in customer.alternatives(request, said[1])]
    assert firms == ["payward-europe", "dinari-securities", "other"]


def test_what_a_persona_says_of_its_own_home_stays_as_fine_as_it_is(book):
    customer = Customer(book.rulebook, book.rulebook.personas["dshares-customer"], LATER)
    assert customer.product == "dshares"
    assert customer.asks("US", "buy", "dshares")["context"]["location"] == "US-NY"
    assert customer.asks("MX", "buy", "dshares")["context"]["location"] == "MX"


def test_what_is_known_about_him_leaves_his_home_out(customer):
    assert "subject.residence" not in customer.facts
    assert {"subject.residence", "subject.tax_residences", "context.location"} <= set(customer.follows)
    assert customer.facts["subject.green_card"] is False
