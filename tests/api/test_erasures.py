from datetime import timedelta

import pytest

from tests.api.recorded import recorded
from tests.api.support import NOW, faults, retail

ANN = {"by": "ann", "reason": "asked for on 2026-11-25"}
LATER = NOW + timedelta(days=1828)


@pytest.fixture
def client(tmp_path):
    """Yield a client of an app six years after the decisions that it is asked about."""
    now = [NOW]
    with recorded(tmp_path, clock=lambda: now[0]) as made:
        made.decided = made.post("/v1/decisions", json=retail()).json()
        now[0] = LATER
        made.gate.clock.instant = LATER
        yield made


def test_two_persons_erase_and_what_was_personal_is_gone(client):
    id_ = client.decided["id"]
    asked = client.request("DELETE", "/v1/subjects/customer-1", json=ANN)
    assert asked.status_code == 202
    assert [each["erasure"] for each in client.get("/v1/erasures").json()["erasures"]] == [asked.json()["erasure"]]
    done = client.post(f"/v1/erasures/{asked.json()['erasure']}/approval", json={"by": "bob"})
    assert (done.status_code, done.json()["state"]) == (200, "erased")
    assert client.get("/v1/erasures").json() == {"erasures": []}
    assert client.get(f"/v1/decisions/{id_}").json()["outcome"] == "allow"
    assert faults(client.get(f"/v1/decisions/{id_}/explanation"), 410) == []
    assert faults(client.post(f"/v1/decisions/{id_}/replay"), 410) == []
    assert client.get(f"/v1/decisions/{id_}/receipt").status_code == 200
    assert client.gate.recorder.ledger.verify().problems == []


def test_nobody_erases_alone(client):
    asked = client.request("DELETE", "/v1/subjects/customer-1", json=ANN).json()["erasure"]
    assert faults(client.post(f"/v1/erasures/{asked}/approval", json={"by": " ANN "}), 409) == [None]
    assert client.get(f"/v1/decisions/{client.decided['id']}/explanation").status_code == 200


def test_records_that_must_be_kept_are_kept_until_a_day_that_is_said(client):
    client.gate.clock.instant = NOW + timedelta(days=30)
    response = client.request("DELETE", "/v1/subjects/customer-1", json=ANN)
    assert faults(response, 409) == [None]
    assert response.json()["errors"][0]["help"] == "ask again after 2031-10-06T12:00:00+00:00"


def test_a_request_is_not_approved_too_early(client):
    asked = client.request("DELETE", "/v1/subjects/customer-1", json=ANN).json()["erasure"]
    client.post("/v1/decisions", json=retail())
    assert faults(client.post(f"/v1/erasures/{asked}/approval", json={"by": "bob"}), 409) == [None]


def test_a_hold_stands_until_another_person_lifts_it(client):
    held = client.post("/v1/subjects/customer-1/holds", json={"by": "ann", "reason": "case 7"})
    assert held.status_code == 201
    assert faults(client.request("DELETE", "/v1/subjects/customer-1", json=ANN), 409) == [None]
    lift = f"/v1/holds/{held.json()['hold']}"
    assert faults(client.request("DELETE", lift, json={"by": "ann", "reason": "closed"}), 409) == [None]
    assert client.request("DELETE", lift, json={"by": "bob", "reason": "closed"}).status_code == 200
    assert client.request("DELETE", "/v1/subjects/customer-1", json=ANN).status_code == 202


def test_what_nobody_asked_for_is_not_approved(client):
    assert faults(client.post("/v1/erasures/none/approval", json={"by": "bob"}), 404) == [None]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ([], [""]),
        ({}, ["/by", "/reason"]),
        ({"by": " ", "reason": 7}, ["/by", "/reason"]),
        ({"by": "ann", "reason": "x" * 501}, ["/reason"]),
        ({**ANN, "note": "x"}, ["/note"]),
    ],
)
def test_who_asks_and_why_must_be_said(client, body, where):
    assert faults(client.request("DELETE", "/v1/subjects/customer-1", json=body)) == where
