"""uvicorn's HTTP/1.1, but: single decisions are answered directly, an answer is sent in one piece, offers are let be.

Directly: as soon as the body is there, without the task, the event and the messages of ASGI. All that is unusual about
a request (an unknown length, `Expect`, an answer before it that is not sent yet) goes the way of ASGI.

In one piece, at the end of the turn: each piece costs a call of the operating system, and wakes the client; uvicorn
writes head and body by themselves.

Offers of another protocol (`Upgrade: h2c`, which the HTTP client of Java makes by default) are let be, since uvicorn
drops the body of such a request.

Reference: writev(2); RFC 9112; RFC 9110, section 7.8; docs/decisions/0025-front.md and 0031-direct.md.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast
from weakref import WeakKeyDictionary

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from compliance.api.edge import HIDDEN
from compliance.api.exchange import Exchange, lines
from compliance.api.problems import KINDS, Document, Fault
from compliance.api.replies import problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

    from compliance.api.exchange import Direct


_OFFERS: Final = {b"upgrade", b"http2-settings"}
"""Headers that offer another protocol."""


class Turn:
    """The transports that have something to send at the end of this turn of a loop: one callback for all of them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the loop."""
        self._loop = loop
        self._waiting: list[Gathering] = []

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> Turn:
        """Return the one of a loop."""
        found = _turns.get(loop)
        if found is None:
            found = _turns[loop] = cls(loop)
        return found

    def add(self, transport: Gathering) -> None:
        """Have a transport send what it has then."""
        if not self._waiting:
            self._loop.call_soon(self._end)
        self._waiting.append(transport)

    def _end(self) -> None:
        waiting, self._waiting = self._waiting, []
        for transport in waiting:
            try:
                transport.send()
            except Exception as error:  # noqa: BLE001 - what fails on one connection is not the others' business
                self._loop.call_exception_handler({"message": "an answer could not be sent", "exception": error})


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turn] = WeakKeyDictionary()


class Gathering:
    """A transport that writes at the end of the turn, and before it closes; for all else it is the one it is given."""

    def __init__(self, transport: asyncio.Transport, turn: Turn) -> None:
        """Take the transport behind it, and what knows when the turn ends."""
        self._transport = transport
        self._turn = turn
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Write `data`, after what was written before it."""
        if not self._waiting:
            self._turn.add(self)
        self._waiting.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Write each of `parts`."""
        for part in parts:
            self.write(part)

    def close(self) -> None:
        """Close, once everything is sent."""
        self.send()
        self._transport.close()

    def send(self) -> None:
        """Send what was written in this turn."""
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():
            self._transport.writelines(waiting)

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the transport has."""
        return getattr(self._transport, name)


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 over a gathering transport."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """Take what uvicorn gives a protocol; an app that has a `front` has its questions answered directly by it."""
        super().__init__(*given, **named)
        self._front: Direct | None = getattr(self.app, "front", None)
        self._exchange: Exchange | None = None
        """The question whose body is being read."""
        self._idle_since: float | None = None
        """When the last answer was sent, by the clock of the loop; `None` while a request is under way."""
        self._defaults: tuple[list[tuple[bytes, bytes]], bytes] = ([], b"")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection."""
        super().connection_made(cast("asyncio.Transport", Gathering(transport, Turn.of(self.loop))))

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as offer:
            if self._is_offered():
                self._stay(data[offer.args[0] :])
        except HttpParserError:
            self.logger.warning("what came is no HTTP request that can be read")
            self.send_400_response("this is no HTTP request that can be read")

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP with a problem, and close; behind a question, close once that is answered."""
        cycle: Any = self.cycle
        if self._exchange is None and not self._is_free() and not getattr(cycle, "more_body", False):
            cycle.keep_alive = False
            return
        response = problem(Document(KINDS["refused"], (Fault(msg, "send HTTP/1.1, without TLS"),)))
        head = lines([*self.server_state.default_headers, *response.raw_headers, *HIDDEN, (b"connection", b"close")])
        body = bytes(response.body)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body))
        self.transport.close()

    def on_message_begin(self) -> None:
        """Begin a request; its scope is made once it is known to need one."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Take a request up, directly or as uvicorn does."""
        if self._front is not None and self._is_usual() and self._front.wants(self.url, self.headers):
            exchange = Exchange(self.url.decode(), self.headers, self._answered)
            self._exchange = self.cycle = exchange  # type: ignore[assignment]
            return
        if self._is_offered():
            return  # taken up again by `_stay`
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.headers, self.expect_100_continue = url, headers, expects
        self.scope["headers"] = headers
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        if self._exchange is not None:
            self._exchange.take(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Answer a question, or let uvicorn go on."""
        exchange, self._exchange = self._exchange, None
        if exchange is not None and self._front is not None:
            self._front.begin(exchange)
        elif not self._is_offered():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with what waits behind an answer, or begin to wait for the next request."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        # One timer for as long as the connection is in use: to set and cancel one for each request costs a microsecond.
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing came for so long; wait on where something did."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None or self.transport.is_closing():
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._wait(left)
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take that the connection is gone."""
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def _unset_keepalive_if_required(self) -> None:
        """Note that a request has begun to come in."""
        self._idle_since = None

    def _wait(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _is_offered(self) -> bool:
        """Say whether the request that was read last offers another protocol; `CONNECT` asks for one."""
        return bool(self.parser.should_upgrade()) and self.parser.get_method() != b"CONNECT"

    def _stay(self, rest: bytes) -> None:
        """Take a request up as if it offered nothing, with what came behind its head.

        The parser takes that for the other protocol, the body of the request with it.
        """
        head = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        kept = [b"%b: %b\r\n" % pair for pair in self.headers if pair[0] not in _OFFERS]
        self.parser = HttpRequestParser(self)
        with suppress(AttributeError):  # httptools before 0.6.3; as uvicorn has it
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(b"".join([head, *kept, b"\r\n", rest]))

    def _is_usual(self) -> bool:
        parser = self.parser
        return (
            parser.get_method() == b"POST"
            and self._is_free()
            and not self.expect_100_continue
            and not parser.should_upgrade()
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
            and self.limit_concurrency is None
            and not self.flow.write_paused
        )

    def _is_free(self) -> bool:
        """Say whether every answer before has been sent; before the first request there is no cycle."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        return cycle is None or cycle.response_complete

    def _answered(self, exchange: Exchange, parts: list[bytes]) -> None:
        """Send an answer; its first part is the status line."""
        defaults = self.server_state.default_headers
        if defaults is not self._defaults[0]:
            self._defaults = defaults, lines(defaults)
        parts[0] += self._defaults[1]
        if not exchange.keep_alive:
            parts[0] += b"connection: close\r\n"
        # At the end of the turn: while the first of its answers wakes the client, the others go out unnoticed.
        self.transport.write(b"".join(parts))
        if not exchange.keep_alive:
            self.transport.close()
        self.on_response_complete()
