"""A batch in one pass: each of its requests as it is read by itself, or nothing of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.decoder import Surroundings
from compliance.engine.json import MalformedJSON, read_json
from compliance.engine.request import Request
from compliance.engine.wire_types import Unusual
from tests.engine.test_wire import AROUND, SEEDS, bodies, plain, readers
from tests.engine.wire_bodies import differences, written


def test_a_batch_is_split_into_bodies():
    wire = readers()["small"][1]
    assert wire.split(b'{"requests": [{"a": [1, 2]}, {"b": "x,y"}]}') == [b'{"a": [1, 2]}', b'{"b": "x,y"}']
    assert wire.split(b'{"requests": []}') == []
    assert wire.split(b'{"requests": [{}], "requests": [{}]}') is None
    assert wire.split(b'{"requests": [{}], "more": 1}') is None
    assert wire.split(b"[]") is None


def all_of(body: bytes, around: Surroundings = AROUND[0], name: str = "small") -> list[Request | bytes]:
    return list(readers()[name][1].read_all(body, around, 10))


@settings(max_examples=200)
@given(
    seeds=st.lists(SEEDS, min_size=1, max_size=6),
    around=st.sampled_from(AROUND),
    name=st.sampled_from(["small", "shipped"]),
)
def test_a_batch_is_read_as_each_of_its_bodies_by_itself(seeds, around, name):
    ruleset, wire = readers()[name]
    parts = []
    for seed in seeds:
        made = bodies(ruleset, seed)
        part = made.spoilt(made.body()) if seed % 2 else written(made.body()).encode()
        # What is no JSON by itself may be made JSON by what comes after it.
        parts.append(part if is_json(part) else b"{}")
    batch = b'{"requests": [' + b", ".join(parts) + b"]}"
    try:
        found = all_of(batch, around, name)
    except Unusual:
        return
    for part, read in zip(parts, found, strict=True):
        alone = wire.read(part, around)
        if isinstance(read, bytes):
            assert read == part.strip()
        else:
            assert alone is not None, part
            assert differences(read, alone) == [], part


def is_json(part: bytes) -> bool:
    try:
        read_json(part)
    except MalformedJSON:
        return False
    return True


def test_what_one_body_of_a_batch_leaves_to_the_decoder_is_given_in_its_bytes():
    plainly, oddly = json.dumps(plain()).encode(), json.dumps(plain(as_of="2026-01-01T00:00:00Z")).encode()
    nobodys = json.dumps(plain(resource={"type": "instrument", "id": "nobody's"})).encode()
    for odd in (oddly, nobodys, plainly.replace(b"p-1", "é".encode())):
        first, second, third = all_of(b'{"requests": [%b, %b,%b]}' % (plainly, odd, plainly))
        assert isinstance(first, Request)
        assert isinstance(third, Request)
        assert second == odd


@pytest.mark.parametrize(
    "batch",
    [
        b'{"requests": [%b], "requests": [%b]}',
        b'{"requests": [%b], "\\u0072equests": [%b]}',
        b'{"requests": [], "requests": [%b, %b]}',
        b'{"requests": [%b, %b], "more": 1}',
        b"[%b, %b]",
        b'{"requests": [%b, %b]} x',
        b'{"requests": [%b, %b]',
    ],
)
def test_a_batch_that_is_none_is_never_read(batch: bytes) -> None:
    body = json.dumps(plain()).encode()
    with pytest.raises(Unusual):
        all_of(batch % (body, body))


def test_a_batch_has_no_more_requests_than_are_taken_and_at_least_one():
    body = json.dumps(plain()).encode()
    assert len(all_of(b'{"requests": [%b]}' % b",".join([body] * 10))) == 10
    for parts in ([body] * 11, []):
        with pytest.raises(Unusual):
            all_of(b'{"requests": [%b]}' % b",".join(parts))


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        ('"id": "p-1"', '"id": "p-2", "id": "p-1"'),
        ('"residence": "BR"', '"residence": "US", "residence": "BR"'),
        ('"tags": ["a", "b"]', '"tags": ["a", "b", "b"]'),
        ('"context": {"location": "BR"}', '"context": {}, "context": {"location": "BR"}'),
    ],
)
def test_what_stands_twice_in_a_body_of_a_batch_is_never_read_in_one_pass(once: str, twice: str) -> None:
    body = json.dumps(plain())
    assert once in body
    with pytest.raises(Unusual):
        all_of(f'{{"requests": [{body}, {body.replace(once, twice)}, {body}]}}'.encode())
