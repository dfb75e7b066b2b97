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
from compliance.engine.book import Book
from compliance.engine.explanations import Explanation
from compliance.gate.forms import MINIMAL, PLAIN, AuthZEN, evaluation_json
from compliance.gate.pieces import spell
from compliance.gate.shelf import Shelf
from compliance.gate.sitting import Asked, judge
from compliance.gate.spelling import answer_json, minimal_json
from tests.engine.small_venue import RULEBOOK, body
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
    for number, order in enumerate(orders(400, seed=11, now=NOW)):
        answer = judge(Asked(raw=order, form=form), shelved, NOW + timedelta(milliseconds=number), f"id-{number}")
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
    asked = {**retail(), "resource": {"type": "instrument", "id": "NOSUCHx"}}
    answer = asyncio.run(gate().answer(asked))
    assert answer.explanation is None
    assert PLAIN.spell(answer) == ENCODE(answer_json(answer))


def test_a_rulebook_that_is_published_later_is_named_in_answers_from_then_on():
    answer = asyncio.run(gate().answer(retail()))
    published = msgspec.structs.replace(answer, ruleset=replace(answer.ruleset, status="published", version="7"))
    for each in (answer, published, answer):
        assert spell(each, "v1", answer_json) == ENCODE(answer_json(each))


def test_a_per_cent_sign_in_a_text_of_a_rulebook_stays_what_it_is():
    answer = asyncio.run(gate().answer(retail()))
    decision = answer.decision
    grounds = tuple(msgspec.structs.replace(ground, says="50 % of it, %b and %%") for ground in decision.grounds)
    explanation = Explanation(msgspec.structs.replace(decision, grounds=grounds), frozenset())
    odd = msgspec.structs.replace(answer, explanation=explanation, made=None)
    for form, whole in WAYS:
        assert form.spell(odd) == ENCODE(whole(odd))
        assert b"50 % of it, %b and %%" in form.spell(odd)


def test_whatever_obligations_clients_declare_few_ways_of_spelling_are_kept():
    answer = asyncio.run(gate().answer(retail()))
    assert answer.explanation is not None
    for number in range(50):
        form = AuthZEN(frozenset({f"obligation-{number}"}))
        whole = partial(evaluation_json, declared=form.declared)
        assert form.spell(answer) == ENCODE(whole(answer))
        assert len(answer.explanation.spelt) <= 4


def test_a_warning_is_in_no_answer_but_its_own():
    shelved = Shelf(Book(RULEBOOK), NOW).current
    warned = body(subject__properties={"residence": "BR", "nickname": "Ada"})
    for each, warnings in ((warned, 1), (body(), 0), (warned, 1)):
        answer = judge(Asked(each), shelved, NOW, "id-1")
        assert answer.explanation is not None
        assert len(answer.decision.warnings) == warnings
        assert PLAIN.spell(answer) == ENCODE(answer_json(answer))
