import asyncio
import json

from compliance.gate.spelling import answer_json, decision_json
from tests.api.support import gate, retail


def answer(body):
    return asyncio.run(gate().answer(body))


def test_an_answer_is_json_through_and_through():
    for body in (
        retail(),
        retail(residence="US"),
        retail(without=["residence"]),
        retail("redeem"),
        retail(residence="CH"),
    ):
        made = answer_json(answer(body))
        assert json.loads(json.dumps(made)) == made


def test_every_list_is_there_even_when_empty():
    made = answer_json(answer(retail()))
    lists = ("grounds", "missing", "requirements", "obligations", "assumed", "errors", "nearest", "warnings", "ignored")
    assert all(isinstance(made[name], list) for name in lists)


def test_the_second_subject_has_a_decision_without_the_gates_marks():
    body = retail("transfer")
    body["action"]["properties"]["recipient"] = {
        "type": "natural-person",
        "properties": retail()["subject"]["properties"],
    }
    made = decision_json(answer(body).decision)
    assert made["counterparty"]["name"] == "recipient"
    assert "id" not in made["counterparty"]
    assert made["counterparty"]["counterparty"] is None


def test_a_denied_customer_is_told_what_would_have_to_change_or_that_nothing_would():
    assert answer_json(answer(retail(residence="US")))["changes"] is not None
    assert answer_json(answer(retail()))["changes"] is None
