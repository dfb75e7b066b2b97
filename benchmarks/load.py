"""Send requests over many connections, each as soon as the one before is answered, and say how long they took.

A process of its own, so that it takes nothing from the server: `python -m benchmarks.load PORT PATH BODIES ...`.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

WARM_UP = 0.5
"""Share of the bodies that are sent before anything is measured; the others are measured, again and again."""


class _Connection(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self, requests: list[bytes], took: list[float], done: asyncio.Future[None]) -> None:
        self._requests, self._took, self._done = iter(requests), took, done
        self._buffer, self._wanted, self._sent = b"", 0, 0.0
        self.failed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            self._done.set_result(None)
            return
        self._buffer, self._wanted, self._sent = b"", 0, time.perf_counter()
        self._transport.write(request)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._wanted:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            lower = self._buffer[:head].lower()
            start = lower.index(b"content-length:") + 15
            end = lower.find(b"\r\n", start)
            self._wanted = head + 4 + int(lower[start : end if end >= 0 else None])
            self.failed += not self._buffer.startswith(b"HTTP/1.1 200")
        if len(self._buffer) >= self._wanted:
            self._took.append(time.perf_counter() - self._sent)
            self._next()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(ConnectionError("the server closed the connection"))


async def _run(port: int, requests: list[bytes], connections: int) -> tuple[float, list[float], int]:
    loop = asyncio.get_running_loop()
    took: list[float] = []
    waiting, protocols = [], []
    started = time.perf_counter()
    for number in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        _, protocol = await loop.create_connection(
            lambda number=number, done=done: _Connection(requests[number::connections], took, done), "127.0.0.1", port
        )
        waiting.append(done)
        protocols.append(protocol)
    await asyncio.gather(*waiting)
    return time.perf_counter() - started, took, sum(protocol.failed for protocol in protocols)


def main(words: list[str]) -> None:
    """Send what is in a file (a JSON list of bodies) and print figures as JSON."""
    port, path, file, connections, count, headers = words
    bodies = [body.encode() for body in json.loads(Path(file).read_text())]
    extra = "".join(f"{line}\r\n" for line in headers.split("\n") if line)
    made = [
        f"POST {path} HTTP/1.1\r\nHost: bench\r\n{extra}Content-Length: {len(body)}\r\n\r\n".encode() + body
        for body in bodies
    ]
    warm = made[: int(len(made) * WARM_UP)]
    asyncio.run(_run(int(port), warm, int(connections)))
    # Other orders than those that it has seen: a service that kept answers would answer them no faster.
    measured = made[len(warm) :]
    seconds, took, failed = asyncio.run(
        _run(int(port), [measured[number % len(measured)] for number in range(int(count))], int(connections))
    )
    took.sort()
    print(
        json.dumps(
            {
                "per_second": len(took) / seconds,
                "p50_ms": took[len(took) // 2] * 1000,
                "p99_ms": took[int(len(took) * 0.99)] * 1000,
                "failed": failed,
                "count": len(took),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
