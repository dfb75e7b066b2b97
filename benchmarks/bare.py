"""What the server costs without us: the same bytes for everybody; `python -m benchmarks.bare --port N`."""

from __future__ import annotations

import argparse
from typing import Any

import uvicorn

from compliance.api.connection import Connection

ANSWER = b'{"outcome":"allow"}' + b" " * 3_000
"""As long as an explained answer."""


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer, whatever is asked."""
    if scope["type"] != "http":
        return
    await receive()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="Answer the same to everybody.")
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    uvicorn.run(app, host="127.0.0.1", port=port, http=Connection, ws="none", log_config=None, access_log=False)


if __name__ == "__main__":
    main()
