"""What the site says a customer may do is what the engine decides."""

import pytest

from compliance.pages.customer import Customer
from compliance.pages.survey import Status, customers_of, findings
from compliance.vocabulary import territory


def at(material, place, action="buy", product="xstocks"):
    return material.survey.at(product, place, action)


def statements(material, rules):
    return {material.statements.of_rule(rule).id for rule in rules}


@pytest.mark.parametrize(
    ("place", "action", "status"),
    [
        ("MX", "buy", Status.OPEN),
        ("DE", "buy", Status.CONDITIONS),
        ("AR", "buy", Status.REFERRED),
        ("NG", "buy", Status.CLOSED),
        ("NG", "sell", Status.OPEN),
        ("CH", "buy", Status.CLOSED),
        ("US", "buy", Status.CLOSED),
        ("PR", "buy", Status.CLOSED),
        ("UA", "buy", Status.REGION),
        ("IR", "sell", Status.CLOSED),
    ],
)
def test_the_readme_says_the_same(material, place, action, status):
    assert at(material, place, action).status is status


@pytest.mark.parametrize(("place", "action"), [("DE", "sell"), ("MX", "onboard")])
def test_a_channel_and_a_warning_are_conditions_and_close_nothing(material, place, action):
    assert at(material, place, action).status is Status.CONDITIONS


def test_every_country_is_answered_for_every_action(material):
    for code in territory.all_countries():
        assert [one.action for one in material.survey.found["xstocks"][code]] == list(material.survey.actions)


def test_the_conditions_are_the_rules_that_wait(material):
    found = at(material, "DE")
    assert set(found.conditions) >= {"EEA/channel", "EEA/fiat-only", "EEA/key-information", "EEA/questionnaire"}
    assert "EEA/show-prospectus" in found.obligations
    assert statements(material, found.grounds) == {"EEA/issuer-xstocks"}


def test_what_the_venue_can_choose_is_chosen_so_that_the_customer_gets_in(material):
    """The firm that serves a customer is chosen by the venue: that one firm may not is no reason for "closed"."""
    firms = {"payward-bermuda", "payward-europe"}
    customer = material.customers["xstocks"]
    outcomes = set()
    for firm in firms:
        body = customer.asks("DE", "buy", "xstocks")
        customer.completed(body, iter(["context.funding", "context.channel", "action.kid_acknowledged"]))
        customer.completed(body, iter(["subject.appropriateness_questionnaire"]))
        body["context"]["distributor"] = firm
        outcomes.add(str(material.book.decide(body).outcome))
    assert outcomes == {"allow", "incomplete"}
    assert at(material, "DE").status is Status.CONDITIONS


def test_a_closed_place_has_grounds_and_no_conditions(material):
    found = at(material, "NG")
    assert statements(material, found.grounds) == {"NG/law-xstocks", "backed-non-serviceable/issuer-xstocks"}
    assert found.conditions == ()


def test_territories_that_no_rule_tells_apart_are_answered_like_one_of_them(material):
    """The classes are an optimisation: asking for a place by itself finds the same."""
    for code in ("FR", "PE", "GA", "AQ", "XK", "JE"):
        asked = findings(material.book, material.customers["xstocks"], code, "xstocks", material.survey.actions)
        assert tuple(asked) == material.survey.found["xstocks"][code]


def test_by_region_names_the_regions(material):
    found = at(material, "UA")
    assert {"UA-43", "UA-14", "UA-09"} <= set(found.regions)
    crimea = findings(material.book, material.customers["xstocks"], "UA-43", "xstocks", ("buy",))
    kyiv = findings(material.book, material.customers["xstocks"], "UA-30", "xstocks", ("buy",))
    assert next(crimea).status is Status.CLOSED
    assert next(kyiv).status is not Status.CLOSED


def test_a_product_with_a_persona_of_its_own_is_asked_about_with_it(material):
    assert material.customers["dshares"].persona.name == "dshares-customer"
    assert at(material, "US", "buy", "dshares").status is Status.OPEN
    assert at(material, "MX", "buy", "dshares").status is Status.CLOSED


def test_the_product_of_the_persona_comes_first(material, book):
    assert next(iter(material.customers)) == "xstocks"
    other = customers_of(material.book, book.rulebook.personas["ondo-retail"])
    assert next(iter(other)) == "ondo-stocks"


def test_the_answers_are_those_of_a_request_that_anybody_can_send(material):
    """Asked again in full through the library, with all that a customer can say."""
    customer = material.customers["xstocks"]
    assert isinstance(customer, Customer)
    assert material.book.decide(customer.asks("MX", "buy", "xstocks")).outcome == "allow"
    assert material.book.decide(customer.asks("AR", "buy", "xstocks")).outcome == "refer"


def test_each_status_has_a_name_and_a_sentence():
    assert len({one.label for one in Status}) == len({one.means for one in Status}) == len(Status)
