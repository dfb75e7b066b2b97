"""What is pieced together is, byte for byte, what encoding the answer as a whole gives."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import msgspec
import pytest

from benchmarks.customers import orders
from compliance.gate.forms import MINIMAL, PLAIN, AuthZEN, evaluation_json
from compliance.gate.pieces import Pieces
from compliance.gate.sitting import Asked, judge
from compliance.gate.spelling import answer_json, minimal_json
from tests.gate.support import NOW, gate, retail

ENCODE = msgspec.json.Encoder().encode
DECLARED = frozenset({"show-prospectus"})
WAYS = [
    (PLAIN, answer_json),
    (MINIMAL, minimal_json),
    (AuthZEN(), partial(evaluation_json, declared=frozenset())),
    (AuthZEN(DECLARED), partial(evaluation_json, declared=DECLARED)),
]


@pytest.mark.parametrize(("form", "whole"), WAYS)
def test_answers_are_the_bytes_that_encoding_them_gives(form, whole):
    shelved = gate().shelf.current
    shown = 0
    for number, body in enumerate(orders(400, seed=11, now=NOW)):
        answer = judge(Asked(raw=body, form=form), shelved, NOW + timedelta(milliseconds=number), f"id-{number}")
        assert answer.explanation is not None
        shown += len(answer.explanation.shown)
        assert form.spell(answer) == ENCODE(whole(answer))
    assert shown > 0


def test_a_text_of_a_client_is_escaped_where_it_is_put_in():
    answer = judge(Asked(retail(), form=AuthZEN()), gate().shelf.current, NOW, "id-1")
    assert answer.explanation is not None
    odd = '/a"\\\0'
    made = msgspec.structs.replace(answer, request=msgspec.structs.replace(answer.request, ignored=(odd,)), own=None)
    assert json.loads(AuthZEN().spell(made))["context"]["ignored"] == [odd]


def test_an_answer_that_is_like_no_other_is_encoded_as_a_whole():
    body = {**retail(), "resource": {"type": "instrument", "id": "NOSUCHx"}}
    answer = asyncio.run(gate().answer(body))
    assert answer.explanation is None
    assert PLAIN.spell(answer) == ENCODE(answer_json(answer))


def test_a_rulebook_that_is_published_later_is_named_in_answers_from_then_on():
    pieces = Pieces()
    answer = asyncio.run(gate().answer(retail()))
    published = msgspec.structs.replace(answer, ruleset=replace(answer.ruleset, status="published", version="7"))
    for each in (answer, published, answer):
        assert pieces.spell(each, "v1", answer_json) == ENCODE(answer_json(each))
