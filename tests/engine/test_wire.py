"""From bytes in one pass: the same request as the slow path, or none; never another one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import load
from compliance.engine.decoder import FedValue, Surroundings, decode
from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.json import MalformedJSON, read_json
from compliance.engine.request import Request
from compliance.engine.ruleset import Ruleset, Timeline
from compliance.engine.wire import WireDecoder
from compliance.vocabulary.facts import Origin, Vocabulary
from compliance.vocabulary.types import STRING
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.small_venue import NOW, RULEBOOK, VOCABULARY, venue
from tests.engine.wire_bodies import Bodies, differences, written

SEEDS = st.integers(min_value=0, max_value=2**32)
LATER, EARLIER = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)
AROUND = (
    Surroundings(NOW),
    Surroundings(
        NOW, fed={("resource.halted", "AAPLx"): FedValue(True, LATER), ("resource.paused", "*"): FedValue(False, LATER)}
    ),
    Surroundings(
        NOW, fed={("resource.halted", "*"): FedValue(True, EARLIER)}, gate={"context.mark": 7, "context.fx": ()}
    ),
    Surroundings(NOW, gate={"action.recipient_named": True, "context.mark": None}),
)


@cache
def readers() -> dict[str, tuple[Ruleset, WireDecoder]]:
    rulesets = {"small": venue(), "shipped": load().at(NOW).ruleset}
    return {name: (ruleset, WireDecoder(ruleset)) for name, ruleset in rulesets.items()}


def bodies(ruleset: Ruleset, seed: int) -> Bodies:
    catalogue = ruleset.rulebook.catalogue
    resources = {
        name: tuple(list(catalogue.get(name, {}))[:5]) or ("any", "a,b") for name in ruleset.vocabulary.resource_types
    }
    return Bodies(ruleset.vocabulary, resources, Random(seed))


def outcome(read: Callable[[], Request]) -> Request | tuple[Problem, ...] | str:
    """The request, or what is wrong with the body."""
    try:
        return read()
    except RequestRefused as refused:
        return refused.problems
    except MalformedJSON as malformed:
        return str(malformed)


def slow(ruleset: Ruleset, body: bytes, around: Surroundings, *, strict: bool) -> Request | tuple[Problem, ...] | str:
    return outcome(lambda: decode(ruleset, read_json(body), around, strict=strict))


def plain(**changes: Any) -> dict[str, Any]:
    """A body that the small venue reads in one pass."""
    body: dict[str, Any] = {
        "subject": {
            "type": "person",
            "id": "p-1",
            "properties": {"residence": "BR", "adult": True, "tags": ["a", "b"]},
        },
        "action": {"name": "buy", "properties": {"amount": {"amount": "10.50", "currency": "EUR"}}},
        "resource": {"type": "instrument", "id": "AAPLx"},
        "context": {"location": "BR"},
    }
    return body | changes


def fast(body: bytes | str, *, strict: bool = True) -> Request | None:
    raw = body.encode() if isinstance(body, str) else body
    return readers()["small"][1].read(raw, Surroundings(NOW), strict=strict)


@settings(max_examples=300)
@given(seed=SEEDS, strict=st.booleans(), around=st.sampled_from(AROUND), name=st.sampled_from(["small", "shipped"]))
def test_whatever_the_bytes_are_both_paths_give_the_same_request_or_the_same_problems(seed, strict, around, name):
    ruleset, wire = readers()[name]
    made = bodies(ruleset, seed)
    body = made.spoilt(made.body())
    expected = slow(ruleset, body, around, strict=strict)
    found = wire.read(body, around, strict=strict)
    if found is not None:
        assert isinstance(expected, Request), (body, expected)
        assert differences(found, expected) == [], body


@settings(max_examples=300)
@given(seed=SEEDS, strict=st.booleans(), around=st.sampled_from(AROUND), name=st.sampled_from(["small", "shipped"]))
def test_parsed_json_gives_the_same_request_too(seed, strict, around, name):
    ruleset, wire = readers()[name]
    made = bodies(ruleset, seed)
    try:
        tree = json.loads(made.spoilt(made.body()))
    except (ValueError, RecursionError):
        return
    found = wire.read_tree(tree, around, strict=strict)
    if found is not None:
        assert differences(found, decode(ruleset, tree, around, strict=strict)) == [], tree


@settings(max_examples=300)
@given(seed=SEEDS, strict=st.booleans(), around=st.sampled_from(AROUND), name=st.sampled_from(["small", "shipped"]))
def test_what_only_requests_say_of_other_kinds_of_subject_is_unknown_in_every_request(seed, strict, around, name):
    """What `engine.likeness` leaves out of its keys tells no two requests apart."""
    ruleset, _ = readers()[name]
    made = bodies(ruleset, seed)
    found = slow(ruleset, made.spoilt(made.body()), around, strict=strict)
    if not isinstance(found, Request):
        return
    for fact in ruleset.vocabulary.facts.values():
        if fact.kinds is not None and found.kind not in fact.kinds and fact.origins == (Origin.REQUEST,):
            assert found.facts[fact.path] is UNKNOWN


@settings(max_examples=200)
@given(seed=SEEDS)
def test_a_usual_body_of_the_shipped_rulebook_takes_the_fast_path(seed):
    ruleset, wire = readers()["shipped"]
    body = bodies(ruleset, seed).body()
    found = wire.read(written(body).encode(), Surroundings(NOW))
    expected = outcome(lambda: decode(ruleset, body, Surroundings(NOW)))
    if not isinstance(expected, Request):  # random owners that contradict themselves
        assert found is None
        return
    assert found is not None
    assert differences(found, expected) == []
    tree = wire.read_tree(body, Surroundings(NOW))
    assert tree is not None
    assert differences(found, tree) == []


def test_the_plain_body_takes_the_fast_path():
    found = fast(json.dumps(plain()))
    assert found is not None
    assert differences(found, decode(venue(), plain(), Surroundings(NOW))) == []


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        ('"type": "person"', '"type": "person", "type": "person"'),
        ('"type": "person"', '"type": "company", "type": "person"'),
        ('"id": "p-1"', '"id": "p-2", "id": "p-1"'),
        ('"id": "p-1"', '"id": "a, b", "id": "p-1"'),
        ('"residence": "BR"', '"residence": "US", "residence": "BR"'),
        ('"tags": ["a", "b"]', '"tags": [], "tags": ["a", "b"]'),
        ('["a", "b"]', '["a", "b", "b"]'),
        ('"currency": "EUR"', '"currency": "USD", "currency": "EUR"'),
        ('"amount": "10.50"', '"amount": "1", "amount": "10.50"'),
        ('"name": "buy"', '"name": "sell", "name": "buy"'),
        ('"id": "AAPLx"', '"id": "TSLAx", "id": "AAPLx"'),
        ('"location": "BR"', '"location": "US", "location": "BR"'),
        ('"context": {"location": "BR"}', '"context": {}, "context": {"location": "BR"}'),
        (
            '"context": {"location": "BR"}',
            '"context": {"location": "US", "location": "US"}, "context": {"location": "BR"}',
        ),
        ('"resource": {', '"resource": {"type": "instrument", "id": "TSLAx"}, "resource": {'),
        ('"properties": {"residence"', '"properties": {"adult": false}, "properties": {"residence"'),
    ],
)
def test_what_stands_twice_is_never_read_in_one_pass(once: str, twice: str) -> None:
    body = json.dumps(plain())
    assert body.count(once) >= 1
    assert fast(body.replace(once, twice, 1)) is None
    assert isinstance(slow(venue(), body.replace(once, twice, 1).encode(), Surroundings(NOW), strict=True), str | tuple)


def test_a_name_left_out_does_not_make_room_for_another_twice():
    body = json.dumps(plain()).replace('"type": "person", ', "").replace('"id": "p-1"', '"id": "p-1", "id": "p-1"')
    assert fast(body) is None


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(plain()).replace("BR", "\\u0042R", 1),
        json.dumps(plain()).replace("p-1", "p\x7f", 1),
        json.dumps(plain()).replace("p-1", "é", 1),
        "\ufeff" + json.dumps(plain()),
        json.dumps(plain()) + "x",
        json.dumps(plain(subject={"type": "person", "properties": {"residence": "US-PR"}})),
        json.dumps(plain(subject={"type": "person", "properties": {"residence": {"value": "BR"}}})),
        json.dumps(plain(subject={"type": "person", "properties": {"verified": True}})),
        json.dumps(plain(subject={"type": "person", "properties": {"seats": ["BR"]}})),
        json.dumps(plain(subject={"type": "company", "id": "acme", "properties": {"seats": ["BR"]}})),
        json.dumps(plain(resource={"type": "instrument", "id": "nobody's"})),
        json.dumps(plain(resource={"type": "instrument", "id": "AAPLx", "properties": {"isin": "US88160R1014"}})),
        json.dumps(plain(action={"name": "transfer", "properties": {"recipient": {"type": "person", "id": "p-2"}}})),
        json.dumps(plain(as_of="2026-01-01T00:00:00Z")),
        json.dumps(plain(context={"obligations": ["show"]})),
    ],
    ids=range(15),
)
def test_what_is_unusual_is_left_to_the_decoder(body: str) -> None:
    assert fast(body) is None


def test_an_identifier_that_agrees_is_read():
    found = fast(
        json.dumps(plain(resource={"type": "instrument", "id": "US0378331005", "properties": {"isin": "US0378331005"}}))
    )
    assert found is not None
    assert found.resource_id == "AAPLx"


def test_without_an_id_a_subject_is_read_only_where_none_is_needed():
    body = json.dumps(plain(subject={"type": "person", "properties": {"residence": "BR"}}))
    assert fast(body) is not None
    assert fast(body, strict=False) is None


def test_an_evaluation_comes_with_the_obligations_that_its_client_declares():
    wire = readers()["small"][1]
    declared = wire.read_evaluation(
        json.dumps(plain(context={"obligations": ["a,b", "c"]})).encode(), Surroundings(NOW)
    )
    assert declared is not None
    assert declared[1] == {"a,b", "c"}
    none = wire.read_evaluation(json.dumps(plain()).encode(), Surroundings(NOW))
    assert none is not None
    assert none[1] == frozenset()
    assert wire.read_evaluation(b'{"subject": 1}', Surroundings(NOW)) is None


@pytest.mark.parametrize(
    "vocabulary",
    [
        replace(VOCABULARY, kinds={**VOCABULARY.kinds, 'a "b"': VOCABULARY.kinds["person"]}),
        replace(VOCABULARY, actions={"entry": ("buy, or not",)}),
    ],
)
def test_a_vocabulary_of_odd_words_is_left_to_the_decoder_whole(vocabulary: Vocabulary) -> None:
    ruleset = Timeline(replace(RULEBOOK, vocabulary=vocabulary)).at(NOW)
    wire = WireDecoder(ruleset)
    assert wire.read(json.dumps(plain()).encode(), Surroundings(NOW)) is None
    assert wire.read_tree(plain(), Surroundings(NOW)) is None


def test_a_fact_may_be_named_as_what_a_client_declares():
    name = "context.obligations"
    facts = {**VOCABULARY.facts, name: replace(VOCABULARY.facts["context.location"], path=name, type=STRING)}
    ruleset = Timeline(replace(RULEBOOK, vocabulary=replace(VOCABULARY, facts=facts))).at(NOW)
    found = WireDecoder(ruleset).read(json.dumps(plain(context={"obligations": "x"})).encode(), Surroundings(NOW))
    assert found is not None
    assert found.facts[name] == "x"


def test_the_only_kind_of_subject_has_to_be_named():
    kinds = {"person": VOCABULARY.kinds["person"]}
    ruleset = Timeline(replace(RULEBOOK, vocabulary=replace(VOCABULARY, kinds=kinds))).at(NOW)
    wire = WireDecoder(ruleset)
    body = json.dumps(plain())
    assert wire.read(body.encode(), Surroundings(NOW)) is not None
    assert wire.read(body.replace('"type": "person", ', "").encode(), Surroundings(NOW)) is None
    twice = body.replace('"type": "person", "id": "p-1"', '"id": "p-1", "id": "p-1"')
    assert wire.read(twice.encode(), Surroundings(NOW)) is None


def test_instants_come_out_in_utc_as_they_do_from_the_decoder():
    ruleset, wire = readers()["shipped"]
    for text in (
        "2026-09-01T09:00:00Z",
        "2026-09-01T09:00:00.5Z",
        "2026-09-01t09:00:00+02:00",
        "2026-09-01T09:00:00.1234567z",
    ):
        subject = {"type": "natural-person", "id": "c", "properties": {"screened_at": text}}
        resource = {"type": "product", "id": "xstocks"}
        body = {"subject": subject, "action": {"name": "onboard"}, "resource": resource}
        found = wire.read(json.dumps(body).encode(), Surroundings(NOW))
        assert found is not None, text
        assert differences(found, decode(ruleset, body, Surroundings(NOW))) == []
        screened = found.facts["subject.screened_at"]
        assert isinstance(screened, datetime)
        assert screened.tzinfo is UTC
