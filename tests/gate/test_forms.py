import asyncio
import json

import pytest

from compliance.engine.envelope import RequestRefused
from compliance.gate.forms import PLAIN, AuthZEN, form_of, with_receipt
from compliance.gate.spelling import answer_json
from tests.gate.support import gate, retail


def answer(body):
    return asyncio.run(gate().answer(body))


@pytest.mark.parametrize("form", [PLAIN, AuthZEN(), AuthZEN(frozenset({"b", "a"}))])
def test_a_form_can_be_made_again_from_what_is_kept_of_it(form):
    assert form_of(json.loads(json.dumps(form.kept()))) == form


def test_a_form_of_another_version_is_not_guessed():
    with pytest.raises(ValueError, match="cannot be spelled by this version"):
        form_of({"name": "v2"})


@pytest.mark.parametrize("form", [PLAIN, AuthZEN()])
def test_the_receipt_is_put_in_its_place_and_changes_nothing_else(form):
    spelled = form.spell(answer({**retail(), "resource": {"type": "instrument", "id": '"receipt":null'}}))
    receipt = 'a "proof"\nof two lines'
    with_it, without = json.loads(with_receipt(spelled, json.dumps(receipt).encode())), json.loads(spelled)
    inner, outer = (with_it, without) if form is PLAIN else (with_it["context"], without["context"])
    assert inner.pop("receipt") == receipt
    assert outer.pop("receipt") is None
    assert with_it == without


def test_without_a_receipt_the_bytes_stay():
    assert with_receipt(b'{"receipt":null}', None) == b'{"receipt":null}'


def test_what_a_client_declares_is_not_part_of_its_question():
    body = {
        **retail(),
        "context": {"location": "MX", "distributor": "payward-bermuda", "obligations": ["show-prospectus"]},
    }
    question, form = AuthZEN().question(body)
    assert question == retail()
    assert form == AuthZEN(frozenset({"show-prospectus"}))
    assert AuthZEN().question(retail()) == (retail(), AuthZEN())


@pytest.mark.parametrize("body", [[], {"context": {"obligations": "all"}}, {"context": {"obligations": [1]}}])
def test_what_a_client_declares_is_a_list_of_texts(body):
    with pytest.raises(RequestRefused):
        AuthZEN().question(body)


def test_a_deny_has_the_reason_that_is_first_in_its_way():
    made = json.loads(AuthZEN().spell(answer(retail(citizenships=["MX", "US"]))))
    assert made["decision"] is False
    assert made["context"]["reason"] == made["context"]["grounds"][0]["rule"]


def test_what_is_missing_is_a_reason_of_its_own():
    made = json.loads(AuthZEN().spell(answer(retail(without=["tax_residences"]))))
    assert made["context"]["reason"] == "facts-missing"


def test_a_ground_that_is_spelled_once_is_spelled_right_again():
    for body in (retail(), retail(residence="US"), retail(residence="US"), retail()):
        made = answer(body)
        assert json.loads(PLAIN.spell(made)) == answer_json(made)
