import hashlib

import pytest

from compliance.vocabulary import territory
from tests.api.support import Client, faults, shipped, tiny


@pytest.fixture(scope="module")
def client():
    return Client()


def coverage(client, action="buy", **more):
    return client.get("/v1/coverage", params={"product": "xstocks", "action": action, **more}).json()


def test_the_rulebook_says_what_it_is_made_of(client):
    made = client.get("/v1/rulebook").json()
    book = shipped().rulebook
    assert made["digest"] == book.digest
    assert made["ruleset"]["status"] == "unpublished"
    assert made["counts"]["rules"] == len(book.rules)
    assert [file["path"] for file in made["files"]] == [source.path for source in book.sources]
    assert made["files"][0]["sha256"] == hashlib.sha256(book.sources[0].text.encode()).hexdigest()


def test_the_vocabulary_is_that_of_the_rulebook():
    made = Client(tiny()).get("/v1/vocabulary").json()
    assert made["actions"] == {"look": ["read"], "change": ["write", "delete"]}
    assert "subject.clearance" in {fact["path"] for fact in made["facts"]}
    assert made["schema"]["properties"]["subject"]["additionalProperties"] is False


def test_every_territory_has_an_effect_a_reason_and_a_source(client):
    territories = coverage(client)["territories"]
    assert [each["territory"] for each in territories] == sorted(territory.all_countries())
    assert len(territories) == 250
    for each in territories:
        assert each["reason"], each["territory"]
        assert each["sources"], each["territory"]


def test_the_united_states_are_closed_to_buyers_and_open_to_sellers(client):
    effects = {
        action: next(each for each in coverage(client, action)["territories"] if each["territory"] == "US")
        for action in ("buy", "sell")
    }
    assert effects["buy"]["effect"] == "forbid"
    assert effects["sell"]["effect"] == "permit"


def test_coverage_at_another_instant_is_by_the_rules_of_that_instant(client):
    now, then = coverage(client), coverage(client, as_of="2024-01-01T00:00:00Z")
    assert now["ruleset"]["digest"] != then["ruleset"]["digest"]
    assert coverage(client) == now


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", ["product", "action"]),
        ("product=xstocks", ["action"]),
        ("product=xstock&action=buy", ["product"]),
        ("product=xstocks&action=bye", ["action"]),
        ("product=xstocks&action=buy&as_of=tomorrow", ["as_of"]),
        ("product=xstocks&action=buy&as_of=2026-01-01T00:00:00+02:00", ["as_of"]),
        ("product=xstocks&action=buy&action=sell", ["action"]),
        ("product=xstocks&action=buy&when=now", ["when"]),
        ("product=xstocks&action=buy&%ff=now", ["\ufffd"]),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_by_parameter(client, query, parameters):
    assert faults(client.get(f"/v1/coverage?{query}")) == parameters


def test_instruments_are_listed_with_their_facts(client):
    found = {each["id"]: each for each in client.get("/v1/instruments?type=instrument").json()["instruments"]}
    assert len(found) == len(shipped().rulebook.catalogue["instrument"])
    assert found["AAPLx"]["product"] == "xstocks"
    assert found["AAPLx"]["facts"]["resource.isin"]


def test_instruments_can_be_narrowed_to_a_product(client):
    assert client.get("/v1/instruments?product=xstocks").json()["instruments"]
    assert faults(client.get("/v1/instruments?product=nothing")) == ["product"]


@pytest.mark.parametrize("path", ["/v1/rulebook", "/v1/vocabulary"])
def test_an_address_without_parameters_takes_none(client, path):
    assert faults(client.get(f"{path}?verbose=1")) == ["verbose"]
