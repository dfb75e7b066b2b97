"""Put JSON on the wire, and take bodies from it, up to a size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from starlette.responses import Response

from compliance.api.problems import MEDIA_TYPE, Document, Fault, Stopped
from compliance.engine.json import read_json

if TYPE_CHECKING:
    from starlette.requests import Request

MEGABYTE: Final = 1_000_000
SINGLE: Final = MEGABYTE
"""Longest body, in bytes, of one question."""
MANY: Final = 16 * MEGABYTE
"""Longest body, in bytes, of a batch."""
_DRAINED: Final = 64 * MEGABYTE
_encode = msgspec.json.Encoder().encode


def reply(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return `content` as a JSON response."""
    return Response(_encode(content), status, headers, media_type="application/json")


def sent(content: bytes, *, minimal: bool = False) -> Response:
    """Return bytes that are JSON already as a response; `minimal` says that the client's preference was heeded."""
    headers = {"preference-applied": "return=minimal"} if minimal else None
    return Response(content, headers=headers, media_type="application/json")


def problem(document: Document) -> Response:
    """Return a problem document as a response."""
    return Response(_encode(document.as_json()), document.status, document.headers, media_type=MEDIA_TYPE)


def too_long(size: int) -> bool:
    """Say whether a body that is refused anyway is so long that the rest of it is not even read."""
    return size > _DRAINED


async def bytes_of(request: Request, most: int = SINGLE) -> bytes:
    """Return the body of `request`; its content type is not asked. Raise `Stopped` if it has more than `most` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            parts.append(part)
        elif too_long(size):
            break
    # A client that is still sending may not look at an answer: what is too long is read, and dropped.
    if size > most:
        raise Stopped("too-large", Fault(f"the body has more than {most} bytes", "", ""))
    return b"".join(parts)


async def body_of(request: Request, most: int = SINGLE) -> object:
    """Return the body of `request` as parsed JSON.

    Raises:
        Stopped: if it has more than `most` bytes.
        MalformedJSON: if it cannot be read.
    """
    return read_json(await bytes_of(request, most))
