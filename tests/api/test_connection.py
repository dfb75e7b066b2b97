"""What one turn of the loop writes leaves in one piece, in order, and before the connection closes; odd requests."""

import asyncio
import json

import pytest

from compliance.api.connection import Gathering, Turn
from tests.api.support import Client, retail
from tests.api.test_exchange import ASGI, DIRECT, exchanged, outcomes, post
from tests.gate.ledgers import logbook

H2C = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAA"]
"""What the HTTP client of Java 11 and later sends with its first request, and `curl --http2`."""
WEBSOCKET = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]


class Pieces(asyncio.Transport):
    """A transport that keeps the pieces it is given apart, which a stream does not."""

    def __init__(self):
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.pieces = []
        self.closed = False

    def writelines(self, parts):
        self.pieces.append(b"".join(parts))

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True


async def sent(write):
    """Return the pieces that leave when `write` has a gathering transport, turn by turn."""
    behind = Pieces()
    await write(Gathering(behind, Turn.of(asyncio.get_running_loop())))
    await asyncio.sleep(0)
    return behind.pieces


def test_head_and_body_leave_together():
    async def write(transport):
        transport.write(b"head")
        transport.write(b"body")

    assert asyncio.run(sent(write)) == [b"headbody"]


def test_two_turns_are_two_pieces_in_order():
    async def write(transport):
        transport.writelines([b"1", b"2"])
        await asyncio.sleep(0)
        transport.write(b"3")

    assert asyncio.run(sent(write)) == [b"12", b"3"]


def test_what_was_written_is_sent_before_the_connection_closes():
    async def write(transport):
        transport.write(b"last")
        transport.close()
        transport.close()

    assert asyncio.run(sent(write)) == [b"last"]


def test_all_else_is_the_transport_behind_it():
    async def write(transport):
        assert transport.is_closing() is False
        assert transport.get_extra_info("peername") == ("127.0.0.1", 1)

    assert asyncio.run(sent(write)) == []


def test_what_fails_on_one_connection_does_not_keep_the_others_from_sending():
    class Broken(Pieces):
        def writelines(self, parts):
            raise OSError("gone")

    async def write():
        loop, told, behind = asyncio.get_running_loop(), [], Pieces()
        loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
        for transport in (Broken(), behind):
            Gathering(transport, Turn.of(loop)).write(b"answer")
        await asyncio.sleep(0)
        return behind.pieces, told

    pieces, told = asyncio.run(write())
    assert pieces == [b"answer"]
    assert [str(error) for error in told] == ["gone"]


@pytest.mark.parametrize("offer", [H2C, WEBSOCKET])
def test_a_client_that_offers_another_protocol_is_answered_over_this_one(offer):
    whole = post(retail(), headers=offer)
    head, body = whole.split(b"\r\n\r\n")
    for pieces in ([whole], [head + b"\r\n\r\n", body], [whole[:30], whole[30:150], whole[150:]]):
        found, ways = exchanged([*pieces, post(retail(residence="US"))], 2)
        assert outcomes(found) == ["allow", "deny"]
        assert ways == [DIRECT, DIRECT]


def test_what_comes_behind_an_offer_is_answered_too():
    batch = post({"requests": [retail()]}, "/v1/decisions/batch", headers=H2C)
    found, ways = exchanged([batch + post(retail(), headers=H2C) + post(retail(residence="US"))], 3)
    assert [status for status, _, _ in found] == [200, 200, 200]
    assert outcomes(found)[1:] == ["allow", "deny"]
    assert ASGI in ways


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT here:443 HTTP/1.1\r\nHost: here\r\n\r\n",
        b"POST /v1/decisions HTTP/1.1\r\nContent-Length: -1\r\n\r\n{}",
        b"POST /v1/decisions HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    ],
)
def test_what_is_no_http_is_a_problem_and_the_connection_closes(raw):
    [(status, headers, body)], _ = exchanged([raw], 1, ends=True)
    assert (status, headers["content-type"], headers["connection"]) == (400, "application/problem+json", "close")
    document = json.loads(body)
    assert (document["type"], document["status"]) == ("/docs/problems#refused", 400)
    assert "no HTTP request" in document["detail"]


def test_what_is_no_http_behind_a_question_does_not_stand_in_for_its_answer(tmp_path):
    with logbook(tmp_path) as kept:
        [(status, headers, body)], _ = exchanged(
            [post(retail()) + b"\x00\x01\r\n"], 1, Client(recorder=kept), ends=True
        )
    assert (status, headers["connection"]) == (200, "close")
    assert json.loads(body)["outcome"] == "allow"
