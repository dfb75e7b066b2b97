"""What is answered before any routing is what the routes answer."""

import asyncio
import json
from functools import partial

import pytest
from fastapi import FastAPI

from compliance.api.front import Front, takes
from compliance.api.service import Service
from tests.api.support import Client, faults, gate, retail

PATHS = ["/v1/decisions", "/access/v1/evaluation"]


def call(parts, path="/v1/decisions", headers=(), disconnect=False):
    """Ask a front; return what it sent."""
    sent, waiting = [], [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    waiting.append({"type": "http.disconnect"} if disconnect else {"type": "http.request", "body": b""})

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(Front(Service(gate()))(scope_of(path, headers), receive, send))
    return sent


def scope_of(path="/v1/decisions", headers=(), method="POST", query=b""):
    return {"type": "http", "method": method, "path": path, "query_string": query, "headers": list(headers)}


@pytest.mark.parametrize("headers", [{}, {"Prefer": "return=minimal"}, {"X-Request-ID": "r-1"}])
@pytest.mark.parametrize("path", PATHS)
def test_an_answer_is_the_one_of_the_routes(path, headers):
    front, routes = Client(), Client()
    routes.app = partial(FastAPI.__call__, routes.app)
    what_if = {**retail(), "as_of": "2030-01-01T00:00:00Z"}
    for body in (retail(), retail(residence="US"), retail(without=["tax_residences"]), what_if, {}, []):
        first, second = (client.post(path, json=body, headers=headers) for client in (front, routes))
        assert (first.status_code, first.headers) == (second.status_code, second.headers)
        assert unnamed(first.json()) == unnamed(second.json())


def unnamed(answer):
    """Return an answer without its name, which is another for each."""
    if "context" in answer:
        return {**answer, "context": unnamed(answer["context"])}
    return {**answer, "id": None}


def test_a_body_may_come_in_parts():
    body = json.dumps(retail()).encode()
    start, answer = call([body[:100], b"", body[100:]])
    assert start["status"] == 200
    assert json.loads(answer["body"])["outcome"] == "allow"
    assert dict(start["headers"])[b"content-length"] == b"%d" % len(answer["body"])


def test_what_needs_the_routes_goes_on_to_them():
    assert takes(scope_of())
    assert takes(scope_of("/access/v1/evaluation"))
    assert not takes(scope_of("/v1/decisions/batch"))
    assert not takes(scope_of(headers=[(b"idempotency-key", b"k")]))
    assert not takes(scope_of(method="GET"))
    assert not takes(scope_of(query=b"a=1"))
    assert not takes({"type": "lifespan"})


@pytest.mark.parametrize("path", PATHS)
def test_what_is_wrong_is_a_problem_as_everywhere(path):
    client = Client()
    assert faults(client.post(path, content=b"{")) == [""]
    assert faults(client.post(path, content=b"")) == [""]
    assert faults(client.post(path, content=b" " * 1_000_001), 413) == [""]
    assert faults(client.post(path + "?a=1", json=retail()), 400) if path == PATHS[0] else True


def test_a_client_that_goes_away_is_not_answered():
    assert call([b'{"subject"'], disconnect=True) == []
