from datetime import timedelta

import pytest

from compliance.api.settings import Settings
from tests.api.recorded import recorded
from tests.api.support import NOW, Client, faults, retail
from tests.gate.ledgers import logbook

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


def test_of_whom_the_log_tells_nothing_nobody_is_erased(client):
    response = client.request("DELETE", "/v1/subjects/customer-11", json=ANN)
    assert faults(response, 404) == [None]
    assert "customer-11" not in response.text
    assert client.get("/v1/erasures").json() == {"erasures": []}
    held = client.post("/v1/subjects/customer-11/holds", json={"by": "ann", "reason": "expected"})
    assert held.status_code == 201


def test_who_was_only_a_recipient_can_be_erased(client):
    sent = retail(action="transfer")
    sent["action"]["properties"] = {"recipient": {"type": "natural-person", "id": "customer-2", "properties": {}}}
    client.post("/v1/decisions", json=sent)
    client.gate.clock.instant = LATER + timedelta(days=1828)
    assert client.request("DELETE", "/v1/subjects/customer-2", json=ANN).status_code == 202


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


@pytest.fixture
def behind_a_proxy(tmp_path):
    """Yield a client of an app that trusts a header, six years after a decision."""
    now = [NOW]
    with logbook(tmp_path, clock=lambda: now[0]) as kept:
        made = Client(recorder=kept, settings=Settings(person_header="X-Forwarded-User"))
        made.post("/v1/decisions", json=retail())
        now[0] = LATER
        made.gate.clock.instant = LATER
        yield made


def named(*names):
    return [("X-Forwarded-User", name) for name in names]


REASON = {"reason": "asked for on 2026-11-25"}


def test_who_asks_and_who_approves_are_those_whom_the_proxy_names(behind_a_proxy):
    client = behind_a_proxy
    asked = client.request("DELETE", "/v1/subjects/customer-1", json=REASON, headers=named("ann"))
    approval = f"/v1/erasures/{asked.json()['erasure']}/approval"
    assert client.get("/v1/erasures").json()["erasures"][0]["by"] == "ann"
    assert faults(client.post(approval, json={}, headers=named("ann")), 409) == [None]
    assert faults(client.post(approval, json={"by": "bob"}, headers=named("ann"))) == ["/by"]
    done = client.post(approval, json={"by": "bob"}, headers=named("bob"))
    assert done.json()["state"] == "erased"
    entry = client.gate.recorder.ledger.reader.entry(done.json()["index"])
    assert entry.public["by"] == "bob"


@pytest.mark.parametrize(
    "header", [[], named(""), named("ann", "bob"), named("a" * 501), [(b"x-forwarded-user", b"\xff")]]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/v1/subjects/customer-1"),
        ("POST", "/v1/subjects/customer-1/holds"),
        ("DELETE", "/v1/holds/x"),
        ("POST", "/v1/erasures/x/approval"),
    ],
)
def test_where_a_header_is_trusted_nobody_acts_without_it(behind_a_proxy, method, path, header):
    response = behind_a_proxy.request(method, path, json=ANN, headers=header)
    assert faults(response, 403) == [None]
    assert not behind_a_proxy.gate.recorder.ledger.reader.events(["erasure-request", "hold"])


def test_a_hold_is_set_and_lifted_by_those_whom_the_proxy_names(behind_a_proxy):
    client = behind_a_proxy
    held = client.post("/v1/subjects/customer-1/holds", json=REASON, headers=named("Zo\u00eb".encode()))
    lift = f"/v1/holds/{held.json()['hold']}"
    assert faults(client.request("DELETE", lift, json=REASON, headers=named("Zo\u00eb".encode())), 409) == [None]
    assert client.request("DELETE", lift, json=REASON, headers=named("bob")).status_code == 200
    held, lifted = client.gate.recorder.ledger.reader.events(["hold", "hold-lifted"])
    assert (held.public["by"], lifted.public["by"]) == ("Zo\u00eb", "bob")


def test_without_a_trusted_header_what_a_header_says_counts_for_nothing(client):
    asked = client.request("DELETE", "/v1/subjects/customer-1", json=ANN, headers=named("mallory"))
    assert asked.status_code == 202
    assert client.get("/v1/erasures").json()["erasures"][0]["by"] == "ann"
