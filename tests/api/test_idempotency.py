import pytest

from tests.api.recorded import recorded
from tests.api.support import Client, faults, retail

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


def test_the_same_key_and_body_give_the_same_bytes_also_after_a_restart(tmp_path):
    with recorded(tmp_path) as client:
        first = client.post("/v1/decisions", json=retail(), headers=KEY)
        second = client.post("/v1/decisions", json=retail(), headers=KEY)
    with recorded(tmp_path) as client:
        third = client.post("/v1/decisions", json=retail(), headers=KEY)
    assert first.status_code == 200
    assert first.content == second.content == third.content


def test_without_a_key_each_answer_is_another(tmp_path):
    with recorded(tmp_path) as client:
        ids = {client.post("/v1/decisions", json=retail()).json()["id"] for _ in range(3)}
    assert len(ids) == 3


def test_another_body_under_the_same_key_is_a_409_without_a_decision(tmp_path):
    with recorded(tmp_path) as client:
        client.post("/v1/decisions", json=retail(), headers=KEY)
        response = client.post("/v1/decisions", json=retail("sell"), headers=KEY)
        assert faults(response, 409) == []
        assert response.json()["type"].endswith("#key-reused")
        assert "outcome" not in response.json()


def test_the_quotes_of_a_structured_field_are_not_part_of_the_key(tmp_path):
    with recorded(tmp_path) as client:
        first = client.post("/v1/decisions", json=retail(), headers={"Idempotency-Key": '"k 1"'})
        second = client.post("/v1/decisions", json=retail(), headers={"Idempotency-Key": "k 1"})
        assert first.content == second.content


def test_a_batch_has_one_key_for_all_of_it(tmp_path):
    body = {"requests": [retail(), retail(residence="Brazil"), retail("sell")]}
    with recorded(tmp_path) as client:
        first = client.post("/v1/decisions/batch", json=body, headers=KEY)
        second = client.post("/v1/decisions/batch", json=body, headers=KEY)
        assert first.content == second.content
        longer = {"requests": [*body["requests"], retail()]}
        assert faults(client.post("/v1/decisions/batch", json=longer, headers=KEY), 409) == []


def test_a_what_if_takes_no_key(tmp_path):
    with recorded(tmp_path) as client:
        body = {**retail(), "as_of": "2026-10-01T00:00:00Z"}
        assert faults(client.post("/v1/decisions", json=body, headers=KEY)) == ["/as_of"]


@pytest.mark.parametrize("key", ["", '""', 'a"b', "x" * 256, "\u00e9".encode()])
def test_a_key_that_is_none_is_refused(tmp_path, key):
    with recorded(tmp_path) as client:
        response = client.post("/v1/decisions", json=retail(), headers={"Idempotency-Key": key})
        assert faults(response) == ["Idempotency-Key"]


def test_two_keys_are_refused(tmp_path):
    with recorded(tmp_path) as client:
        headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
        assert faults(client.post("/v1/decisions", json=retail(), headers=headers)) == ["Idempotency-Key"]


def test_a_service_that_keeps_nothing_does_not_pretend_to():
    response = Client().post("/v1/decisions", json=retail(), headers=KEY)
    assert faults(response, 501) == [None]
