"""The classes that carry what the zones of a request say."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from compliance.engine.facts import attribute
from compliance.engine.zones import DECLARED, Zones, make_facts, zones_of
from compliance.vocabulary.facts import Zone
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.small_venue import VOCABULARY


def test_one_vocabulary_has_one_set_of_classes() -> None:
    assert zones_of(VOCABULARY) is zones_of(VOCABULARY)
    assert zones_of(replace(VOCABULARY)) is not zones_of(VOCABULARY)


def test_many_vocabularies_do_not_stay_for_ever() -> None:
    first = zones_of(VOCABULARY)
    others = [zones_of(replace(VOCABULARY)) for _ in range(40)]
    assert len(set(map(id, others))) == 40
    assert zones_of(VOCABULARY).vocabulary is first.vocabulary is VOCABULARY


def test_requests_of_one_kind_have_one_class_and_those_of_no_kind_another() -> None:
    zones = zones_of(VOCABULARY)
    person, again = (make_facts(VOCABULARY, {}, "person") for _ in range(2))
    assert type(person.subject) is type(again.subject) is zones.subject("person")
    assert type(make_facts(VOCABULARY, {}).subject) is zones.nobody is zones.subject("martian")


def test_a_kind_has_its_own_facts_first_and_all_others_too() -> None:
    zones = zones_of(VOCABULARY)
    own, everybody = zones.paths(Zone.SUBJECT, "person"), zones.paths(Zone.SUBJECT)
    assert set(own) == set(everybody)
    foreign = [path for path in own if (kinds := VOCABULARY.facts[path].kinds) is not None and "person" not in kinds]
    assert own[-len(foreign) :] == tuple(foreign) != ()


def test_a_body_reaches_the_facts_of_its_kind_and_no_others() -> None:
    person = zones_of(VOCABULARY).subject("person")
    read = msgspec.json.decode(b'{"residence": "BR"}', type=person)
    assert getattr(read, attribute("subject.residence")) == "BR"
    assert getattr(read, attribute("subject.seats")) is UNKNOWN
    for body in (b'{"seats": ["BR"]}', b'{"residence": "br"}', b'{"hobby": 1}'):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(body, type=person)


def test_a_context_may_say_which_obligations_a_client_sees_to() -> None:
    context = Zones(VOCABULARY).classes[Zone.CONTEXT]
    assert msgspec.json.decode(b'{"' + DECLARED.encode() + b'": ["show"]}', type=context).beside == ["show"]
