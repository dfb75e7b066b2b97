"""Over a real socket: what is answered directly is what the routes answer, in order, however the bytes arrive."""

import asyncio
import json
from contextlib import asynccontextmanager
from functools import partial

import pytest
import uvicorn
from fastapi import FastAPI
from uvicorn.server import ServerState

from compliance.api.connection import Connection
from compliance.api.exchange import Exchange, lines
from compliance.ledger.errors import LedgerUnavailableError
from tests.api.support import Client, retail
from tests.gate.ledgers import logbook

PATHS = ["/v1/decisions", "/access/v1/evaluation"]
OPEN = []
"""Connections, in the order in which they were made."""
DIRECT, ASGI = "direct", "asgi"


@asynccontextmanager
async def served(client, **options):
    """Yield a port where the app of `client` answers, and the list of the ways that its answers took."""
    options |= {"log_config": None, "access_log": False, "proxy_headers": False}
    config = uvicorn.Config(client.app, http=Connection, **options)
    config.load()
    state, ways = ServerState(), []
    state.default_headers = [(b"date", b"Mon, 05 Oct 2026 12:00:00 GMT")]

    class Watched(Connection):
        def connection_made(self, transport):
            OPEN.append(self)
            super().connection_made(transport)

        def _answered(self, exchange, parts):
            ways.append(DIRECT)
            super()._answered(exchange, parts)

        def _start_asgi_task(self, cycle, app):
            ways.append(ASGI)
            super()._start_asgi_task(cycle, app)

    server = await asyncio.get_running_loop().create_server(
        lambda: Watched(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1], ways


def post(body, path=PATHS[0], *, version="1.1", headers=()):
    """Return the bytes of a request."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"POST {path} HTTP/{version}", "Host: here", f"Content-Length: {len(raw)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + raw


async def answered(reader):
    """Read one answer: its status, headers and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    named = [line.partition(": ")[::2] for line in head[1:-2]]
    headers = {name.lower(): value for name, value in named}
    assert len(headers) == len(named)
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers["content-length"]))


def exchanged(pieces, count, client=None, *, ends=False):
    """Send pieces over one connection; return that many answers, and the ways they took."""

    async def run():
        async with served(client or Client()) as (port, ways):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.01)
            found = [await answered(reader) for _ in range(count)]
            if ends:
                assert await reader.read() == b""
            writer.close()
            return found, ways

    return asyncio.run(run())


def outcomes(found):
    return [json.loads(body).get("outcome", status) for status, _, body in found]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [(), ("Prefer: return=minimal",), ("X-Request-ID: r-1",)])
@pytest.mark.parametrize("body", [retail(), retail(residence="US"), {}, b"{", b"", {**retail(), "as_of": "2030-01-01"}])
def test_an_answer_is_the_one_of_the_routes(path, headers, body):
    [(status, found, text)], ways = exchanged([post(body, path, headers=headers)], 1)
    assert ways == [DIRECT]
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    routes = Client()
    routes.app = partial(FastAPI.__call__, routes.app)
    expected = routes.post(path, content=raw, headers=dict(line.split(": ") for line in headers))
    assert status == expected.status_code
    assert {name: value for name, value in found.items() if name != "date"} == dict(expected.headers)
    assert unnamed(json.loads(text)) == unnamed(expected.json())


def unnamed(answer):
    """Return an answer without its name, which is another for each."""
    if "context" in answer:
        return {**answer, "context": unnamed(answer["context"])}
    return {**answer, "id": None}


def test_questions_that_come_together_are_answered_in_order():
    found, ways = exchanged([post(retail()) + post(retail(residence="US")) + post({}) + post(retail())], 4)
    assert outcomes(found) == ["allow", "deny", 400, "allow"]
    assert ways == [DIRECT] * 4


def test_a_question_may_come_byte_by_byte():
    raw = post(retail())
    cut = [raw[:1], raw[1:40], raw[40:60], raw[60:200], raw[200:]]
    found, ways = exchanged([*cut, raw], 2)
    assert outcomes(found) == ["allow", "allow"]
    assert ways == [DIRECT, DIRECT]


@pytest.mark.parametrize(
    "raw",
    [
        post(retail(), PATHS[0] + "?a=1"),
        post(retail(), headers=["Idempotency-Key: k-1"]),
        post(retail(), version="1.0"),
        post(retail(), headers=["Connection: close"]),
        post(b" " * 1_000_001),
        b"POST /v1/decisions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"POST /v1/decisions HTTP/1.1\r\n\r\n",
        b"GET /v1/decisions HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        post({"requests": []}, "/v1/decisions/batch"),
    ],
)
def test_what_is_unusual_goes_the_way_of_asgi(raw):
    [(status, _, _)], ways = exchanged([raw], 1)
    assert ways == [ASGI]
    assert status in {200, 400, 405, 413, 501}


def test_a_client_that_asks_first_is_told_to_go_on():
    async def run():
        async with served(Client()) as (port, ways):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head, body = post(retail(), headers=["Expect: 100-continue"]).split(b"\r\n\r\n", 1)
            writer.write(head + b"\r\n\r\n")
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(body)
            return (await answered(reader))[0], ways

    assert asyncio.run(run()) == (200, [ASGI])


def test_an_answer_waits_until_it_is_recorded_and_what_comes_behind_it_waits_too(tmp_path):
    with logbook(tmp_path) as kept:
        raw = post(retail()) + post(retail(residence="US")) + post(b"{}", "/v1/decisions/batch") + post(retail())
        found, ways = exchanged([raw, post(retail())], 5, Client(recorder=kept))
        size = kept.ledger.figures.records
    assert outcomes(found) == ["allow", "deny", 400, "allow", "allow"]
    assert ways[0] == DIRECT
    assert ASGI in ways
    receipts = [json.loads(body)["receipt"] for status, _, body in found if status == 200]
    assert len(receipts) == 4
    assert all(receipt.startswith("c2sp.org/tlog-proof@v1") for receipt in receipts)
    assert size == 5  # the source of the rulebook, and four answers


def test_a_ledger_that_fails_is_a_problem_and_not_an_answer():
    class Full:
        records, trouble = True, None

        def begin(self, record, done):
            done(LedgerUnavailableError("no space left"))

    [(status, headers, body)], ways = exchanged([post(retail())], 1, Client(recorder=Full()))
    assert (status, ways) == (503, [DIRECT])
    assert headers["retry-after"] == "1"
    assert json.loads(body)["type"] == "/docs/problems#not-recorded"


def test_what_fails_inside_is_a_problem_and_the_connection_goes_on(monkeypatch):
    def fails(*_):
        raise ZeroDivisionError("secret")

    client = Client()
    monkeypatch.setattr(client.gate, "begin", fails)
    found, ways = exchanged([post(retail()), post(retail())], 2, client)
    assert ([status for status, _, _ in found], ways) == ([500, 500], [DIRECT, DIRECT])
    assert b"secret" not in found[0][2]


def test_an_exchange_is_answered_once_in_one_head_with_its_length():
    sent = []
    exchange = Exchange("/v1/decisions", [], lambda _, parts: sent.append(b"".join(parts)))
    exchange.answer(200, lines([(b"a", b"b"), (b"content-length", b"7")]), b"body")
    exchange.answer(200, b"", b"twice")
    assert sent == [b"HTTP/1.1 200 OK\r\na: b\r\ncontent-length: 4\r\n\r\nbody"]


def test_a_client_that_is_gone_is_not_written_to():
    sent = []
    exchange = Exchange("/v1/decisions", [], lambda _, parts: sent.append(parts))
    exchange.disconnected = True
    exchange.answer(200, b"", b"body")
    assert sent == []
    assert exchange.response_complete


def test_what_is_answered_directly_is_counted():
    client = Client()
    exchanged([post(retail()) + post(b"{") + post(retail(residence="US"))], 3, client)
    page = client.get("/metrics").text
    assert 'compliance_requests_total{route="/v1/decisions",status="200"} 2.0' in page
    assert 'compliance_requests_total{route="/v1/decisions",status="400"} 1.0' in page
    assert 'compliance_decisions_total{action="buy",binding="true",outcome="allow"} 1.0' in page


def test_a_server_that_shuts_down_answers_what_it_was_asked_and_then_closes(tmp_path):
    async def run(kept):
        async with served(Client(recorder=kept)) as (port, _):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            raw = post(retail())
            writer.write(raw[:200])
            await asyncio.sleep(0.05)
            OPEN[-1].shutdown()
            writer.write(raw[200:])
            status, headers, _ = await answered(reader)
            return status, headers["connection"], await reader.read()

    with logbook(tmp_path) as kept:
        assert asyncio.run(run(kept)) == (200, "close", b"")


def test_a_connection_is_closed_once_nothing_came_for_so_long_and_not_before():
    async def run():
        async with served(Client(), timeout_keep_alive=0.3) as (port, ways):
            loop = asyncio.get_running_loop()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for _ in range(4):
                writer.write(post(retail()))
                await answered(reader)
                await asyncio.sleep(0.15)
            writer.write(post({"requests": []}, "/v1/decisions/batch"))
            await answered(reader)
            began = loop.time()
            assert await reader.read() == b""
            assert loop.time() - began > 0.25
            return ways

    assert asyncio.run(run()) == [DIRECT] * 4 + [ASGI]
