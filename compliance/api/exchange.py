"""One question on a connection that is answered without a task of its own.

It stands where uvicorn keeps the request that it is answering, so that what comes behind on the same connection waits.

Reference: RFC 9112 (HTTP/1.1), sections 4 and 9.6; docs/decisions/0031-direct.md.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Headers = list[tuple[bytes, bytes]]
"""Names, in lower case, and values."""


class Direct(Protocol):
    """What answers questions directly."""

    def wants(self, path: bytes, headers: Headers) -> bool:
        """Say whether a POST to `path`, with its query if it has one, is to be answered directly."""
        ...

    def begin(self, exchange: Exchange) -> None:
        """Answer now or later, by one call of `exchange.answer`. Invariant: raises nothing."""
        ...


class Nothing:
    """An event that nobody waits for."""

    def set(self) -> None:
        """Do nothing."""


NOTHING: Final = Nothing()


class Exchange:
    """A request whose body is being read, then answered."""

    __slots__ = (
        "_parts",
        "_send",
        "disconnected",
        "headers",
        "keep_alive",
        "message_event",
        "path",
        "response_complete",
        "started",
    )

    def __init__(self, path: str, headers: Headers, send: Callable[[Exchange, list[bytes]], None]) -> None:
        """Take where it was asked, its headers, and what sends the parts of the answer."""
        self.path = path
        self.headers = headers
        self.started = time.perf_counter()
        """When it began, in seconds of the monotonic clock."""
        self.message_event = NOTHING
        self.disconnected = False
        self.keep_alive = True
        self.response_complete = False
        self._parts: list[bytes] = []
        self._send = send

    def take(self, part: bytes) -> None:
        """Take a part of the body."""
        self._parts.append(part)

    @property
    def body(self) -> bytes:
        """Return the body that came."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def answer(self, status: int, head: bytes, body: bytes) -> None:
        """Send the answer, unless the client is gone; `head` are lines of headers, to which the length is added."""
        if self.response_complete:
            return
        self.response_complete = True
        if not self.disconnected:
            self._send(self, [_LINES[status], head, b"content-length: %d\r\n\r\n" % len(body), body])


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return headers as the lines of a head, the length of the body aside."""
    return b"".join(b"%b: %b\r\n" % pair for pair in headers if pair[0] != b"content-length")


_LINES: Final = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    for status in HTTPStatus
    if status >= HTTPStatus.OK
}
