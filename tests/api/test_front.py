"""What is answered before any routing is what the routes answer."""

import asyncio
import json

import pytest

from compliance.api.front import Front
from compliance.api.service import Service
from tests.api.support import Client, faults, gate, retail

PATHS = ["/v1/decisions", "/access/v1/evaluation"]


def call(parts, path="/v1/decisions", headers=(), disconnect=False):
    """Ask a front with nothing behind it; return what it sent."""
    sent, waiting = [], [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting.append({"type": "http.disconnect"} if disconnect else {"type": "http.request", "body": b""})

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    async def behind(scope, receive, send):
        sent.append("behind")

    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": list(headers)}
    asyncio.run(Front(behind, Service(gate()))(scope, receive, send))
    return sent


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_the_one_of_the_routes(path):
    client = Client()
    for body in (retail(), retail(residence="US"), {**retail(), "as_of": "2030-01-01T00:00:00Z"}):
        before, behind = (
            client.post(path, json=body).json(),
            client.post(path, json=body, headers={"content-type": "application/json"}).json(),
        )
        assert {**before, "id": None, "context": None} == {**behind, "id": None, "context": None}


def test_a_body_may_come_in_parts():
    body = json.dumps(retail()).encode()
    start, answer = call([body[:100], b"", body[100:]])
    assert start["status"] == 200
    assert json.loads(answer["body"])["outcome"] == "allow"
    assert dict(start["headers"])[b"content-length"] == b"%d" % len(answer["body"])


def test_what_needs_the_routes_goes_on_to_them():
    assert call([], path="/v1/decisions/batch") == ["behind"]
    assert call([b"{}"], headers=[(b"idempotency-key", b"k")]) == ["behind"]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_wrong_is_a_problem_as_everywhere(path):
    client = Client()
    assert faults(client.post(path, content=b"{")) == [""]
    assert faults(client.post(path, content=b"")) == [""]
    assert faults(client.post(path, content=b" " * 1_000_001), 413) == [""]
    assert faults(client.post(path + "?a=1", json=retail()), 400) if path == PATHS[0] else True


def test_a_client_that_goes_away_is_not_answered():
    from starlette.requests import ClientDisconnect

    with pytest.raises(ClientDisconnect):
        call([b'{"subject"'], disconnect=True)
