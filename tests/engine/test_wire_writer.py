"""The function written for a kind of subject: what it reaches, and what it leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from compliance.engine.decoder import Surroundings, decode
from compliance.engine.ruleset import Ruleset, Timeline
from compliance.engine.wire import WireDecoder
from compliance.language.rulebook import CatalogueEntry
from compliance.language.span import NOWHERE
from compliance.vocabulary.facts import Fact, Origin
from compliance.vocabulary.types import BOOL, STRING, SetType
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.small_venue import NOW, RULEBOOK, VOCABULARY
from tests.engine.wire_bodies import differences


def ruleset(*more: Fact) -> Ruleset:
    facts = {**VOCABULARY.facts, **{fact.path: replace(fact, order=100) for fact in more}}
    return Timeline(replace(RULEBOOK, vocabulary=replace(VOCABULARY, facts=facts))).at(NOW)


def body(kind: str = "person", **context: Any) -> dict[str, Any]:
    home: dict[str, Any] = {"residence": "BR"} if kind == "person" else {"seats": ["BR", "DE"]}
    return {
        "subject": {"type": kind, "id": "x", "properties": home},
        "action": {"name": "buy"},
        "resource": {"type": "instrument", "id": "AAPLx"},
        "context": context,
    }


def check(rules: Ruleset, given: dict[str, Any], *, fast: bool = True) -> None:
    wire = WireDecoder(rules)
    for found in (
        wire.read(json.dumps(given).encode(), Surroundings(NOW)),
        wire.read_tree(given, Surroundings(NOW)),
    ):
        assert (found is not None) is fast
        if found is not None:
            assert differences(found, decode(rules, given, Surroundings(NOW))) == []


def test_a_fact_of_another_kind_is_left_to_the_decoder_in_every_zone():
    rules = ruleset(Fact("context.desk", BOOL, "", 0, kinds=frozenset({"company"})))
    check(rules, body("company", desk=True))
    check(rules, body("person", desk=True), fast=False)
    check(rules, body("person"))


def test_a_set_is_read_in_every_zone():
    rules = ruleset(Fact("context.words", SetType(STRING), "", 0))
    check(rules, body(words=["a", "b,c"]))
    check(rules, body(words=["a", "a"]), fast=False)


@pytest.mark.parametrize("type_", [STRING, BOOL, SetType(STRING)], ids=str)
def test_an_optional_fact_may_be_absent(type_: Any) -> None:
    rules = ruleset(
        Fact("context.word", type_, "", 0, optional=True), Fact("subject.word", type_, "", 0, optional=True)
    )
    given = body(word=None)
    given["subject"]["properties"]["word"] = None
    check(rules, given)


def test_what_a_feed_may_also_say_is_left_to_the_decoder():
    rules = ruleset(Fact("context.open", BOOL, "", 0, origins=(Origin.REQUEST, Origin.FEED)))
    check(rules, body())
    check(rules, body(open=True), fast=False)


def test_what_the_gate_may_also_say_is_taken_and_the_gate_wins():
    rules = ruleset(Fact("context.open", BOOL, "", 0, origins=(Origin.REQUEST, Origin.GATE)))
    check(rules, body(open=True))
    around = Surroundings(NOW, gate={"context.open": False})
    found = WireDecoder(rules).read(json.dumps(body(open=True)).encode(), around)
    assert found is not None
    assert found.facts["context.open"] is False
    assert differences(found, decode(rules, body(open=True), around)) == []


def test_several_homes_and_ownership_are_found_as_the_decoder_finds_them():
    given = body("company")
    given["subject"]["properties"]["owners"] = [{"id": "o", "share": "60", "listed": True}]
    check(ruleset(), given)
    given["subject"]["properties"]["owners"] = [{"id": "o", "share": "160", "listed": True}]
    check(ruleset(), given, fast=False)


def test_an_unknown_home_stays_unknown():
    given = body()
    del given["subject"]["properties"]
    check(ruleset(), given)
    found = WireDecoder(ruleset()).read(json.dumps(given).encode(), Surroundings(NOW))
    assert found is not None
    assert found.homes[0] is UNKNOWN
    assert found.facts["subject.homes"] is UNKNOWN
    assert found.slice[-1] == (None,)


def test_whatever_identifies_a_resource_has_to_agree_with_the_catalogue():
    facts = {**VOCABULARY.facts, "resource.listed": Fact("resource.listed", BOOL, "", 100)}
    lot = replace(VOCABULARY.resource_types["instrument"], identified_by=("resource.listed",))
    types = {**VOCABULARY.resource_types, "instrument": lot}
    vocabulary = replace(VOCABULARY, facts=facts, resource_types=types)
    given = body() | {"resource": {"type": "instrument", "id": "AAPLx", "properties": {"listed": True}}}
    check(Timeline(replace(RULEBOOK, vocabulary=vocabulary)).at(NOW), given, fast=False)


def test_a_catalogue_of_ids_alone_is_read_too():
    entries = {"lot": {"L1": CatalogueEntry("lot", "L1", {}, NOWHERE)}}
    rules = Timeline(replace(RULEBOOK, catalogue=entries)).at(NOW)
    check(rules, body() | {"resource": {"type": "lot", "id": "L1"}})
    check(rules, body() | {"resource": {"type": "lot", "id": "L2"}}, fast=False)
