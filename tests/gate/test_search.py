import asyncio
from datetime import timedelta

import pytest

from compliance.engine.decoder import FedValue
from compliance.engine.envelope import RequestRefused
from compliance.gate.search import allowed_actions, allowed_resources, allowed_subjects, allows, catalogued
from tests.gate.support import gate, reader, retail, tiny

NONE = frozenset()


def test_a_verified_retail_customer_may_buy_every_xstock_if_the_client_meets_the_obligations_of_two():
    book = gate().now()
    declared = frozenset({"show-leverage-warning", "disclose-affiliation"})
    found = asyncio.run(allowed_resources(book, retail(), declared))
    entries = book.ruleset.rulebook.catalogue["instrument"]
    assert found == [name for name in catalogued(book, "instrument") if entries[name].product == "xstocks"]
    without = asyncio.run(allowed_resources(book, retail(), NONE))
    assert set(found) - set(without) == {"TQQQx", "KRAQx"}


def test_nobody_finds_anything_for_a_us_person():
    assert asyncio.run(allowed_resources(gate().now(), retail(residence="US"), NONE)) == []


def test_what_is_found_is_what_an_evaluation_allows():
    book = gate(tiny()).now()
    for user in ("ada", "bob"):
        found = asyncio.run(allowed_resources(book, reader(user), NONE))
        each = {
            document: allows(book, book.request(reader(user, document=document)), NONE)
            for document in ("notes", "poems", "plans")
        }
        assert found == [document for document, allowed in each.items() if allowed]


def test_catalogued_subjects_are_searched():
    book = gate(tiny()).now()
    assert asyncio.run(allowed_subjects(book, reader(document="notes"), NONE)) == ["ada"]


def test_an_action_with_an_obligation_is_found_only_by_a_client_that_declared_it():
    book = gate(tiny()).now()
    body = {name: part for name, part in reader().items() if name != "action"}
    plain = asyncio.run(allowed_actions(book, body, NONE))
    declared = asyncio.run(allowed_actions(book, body, frozenset({"keep-a-copy"})))
    assert "read" in plain
    assert set(plain) <= set(declared)


def test_unknown_types_find_nothing():
    body = retail() | {"resource": {"type": "spaceship"}}
    assert asyncio.run(allowed_resources(gate().now(), body, NONE)) == []


def test_a_bad_value_is_refused_even_where_nothing_is_catalogued():
    body = retail(residence="Brazil") | {"resource": {"type": "spaceship"}}
    with pytest.raises(RequestRefused):
        asyncio.run(allowed_resources(gate().now(), retail(residence="Brazil"), NONE))
    with pytest.raises(RequestRefused):
        asyncio.run(allowed_subjects(gate().now(), body | {"subject": {"type": 1}}, NONE))


@pytest.mark.parametrize("action", ["buy", "sell", "redeem", "transfer"])
def test_resources_that_are_judged_together_are_allowed_as_each_is_by_itself(action):
    book = gate().now()
    declared = frozenset({"show-leverage-warning", "disclose-affiliation"})
    for body in (retail(action), retail(action, residence="DE"), retail(action, residence="US")):
        found = asyncio.run(allowed_resources(book, body, declared))
        each = {
            id_: allows(book, book.request({**body, "resource": {"type": "instrument", "id": id_}}), declared)
            for id_ in catalogued(book, "instrument")
        }
        assert found == [id_ for id_, allowed in each.items() if allowed]


def test_facts_that_the_client_gives_of_a_resource_are_compared_with_each_entry():
    book = gate().now()
    isin = book.ruleset.rulebook.catalogue["instrument"]["AAPLx"].facts["resource.isin"]
    body = retail() | {"resource": {"type": "instrument", "id": "any", "properties": {"isin": isin}}}
    assert asyncio.run(allowed_resources(book, body, NONE)) == ["AAPLx"]


def test_what_feeds_say_of_each_resource_counts():
    book = gate().now()
    until = book.instant + timedelta(minutes=5)
    declared = frozenset({"show-leverage-warning", "disclose-affiliation"})
    everything = asyncio.run(allowed_resources(book, retail(), declared))
    halted = {("resource.halted", "AAPLx"): FedValue(True, until), ("resource.paused", "TSLAx"): FedValue(True, until)}
    fed = book.book.at(book.instant, halted)
    found = asyncio.run(allowed_resources(fed, retail(), declared))
    assert set(everything) - set(found) == {"AAPLx", "TSLAx"}
