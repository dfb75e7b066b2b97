"""`/v1/decisions/{id}` and `/ledger`: what is on record, why it was so, whether it still is, and the proof of it.

What is shown without asking for more is the public part, which names nobody. Explanation and replay open what is
sealed, and are 410 once the person was erased.

Reference: C2SP tlog-tiles (https://c2sp.org/tlog-tiles), tlog-proof, tlog-checkpoint; RFC 6962 2.1.2 and 4.4.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from compliance.api.parameters import parameters
from compliance.api.problems import Fault, Stopped
from compliance.api.queries import search_of
from compliance.api.replies import body_of, reply
from compliance.engine.envelope import RequestRefused
from compliance.gate.logbook import Logbook
from compliance.gate.recorder import NoLedgerError
from compliance.gate.replay import Replayer
from compliance.gate.spelling import answer_json
from compliance.gate.values import instant
from compliance.ledger.checkpoint import Checkpoint, decimal
from compliance.ledger.errors import LedgerError, LedgerUnavailableError, NotRecordedError
from compliance.ledger.keyring import keys_document
from compliance.ledger.note import Note, NoteError, encode_base64
from compliance.ledger.tiles import TileError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from starlette.requests import Request

    from compliance.api.service import Service
    from compliance.ledger.ledger import Ledger
    from compliance.ledger.reading import Entry, Reader

    Result = TypeVar("Result")

LONGEST_WAIT: Final = 10.0
"""Seconds that a receipt may be waited for."""
_LOOK: Final = 0.25
_TEXT: Final = "text/plain; charset=utf-8"
_FOREVER: Final = {"cache-control": "public, max-age=31536000, immutable"}


async def on_record(work: Callable[[], Result]) -> Result:
    """Return what `work`, which waits for a database, returns; the database's own errors become a 503."""
    try:
        return await run_in_threadpool(work)
    except (LedgerError, Stopped, TileError, RequestRefused):
        raise
    except Exception as error:
        if type(error).__module__.startswith(("sqlalchemy", "sqlite3", "psycopg")) or isinstance(error, OSError):
            raise LedgerUnavailableError("the ledger cannot be read") from error
        raise


def logbook_of(service: Service) -> Logbook:
    """Return the logbook of a service; raise `NoLedgerError` for one that has none, or 503 while it is not open."""
    recorder = service.gate.recorder
    if isinstance(recorder, Logbook):
        return recorder
    if recorder.records:
        raise LedgerUnavailableError(recorder.trouble or "the ledger is not open yet")
    raise NoLedgerError("nothing is recorded here")


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return what everybody may know of an entry."""
    return {
        **entry.public,
        "record": {
            "index": entry.index,
            "epoch": entry.epoch,
            "recorded_at": instant(entry.recorded_at),
            "subject": entry.document["subject"],
            "rulebook": entry.ruleset_digest,
        },
    }


class Records:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what records."""
        self._service = service

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/v1/decisions/search", self.search, methods=["POST"]),
            Route("/v1/decisions/{id:uuid}", self.decision, methods=["GET"]),
            Route("/v1/decisions/{id:uuid}/explanation", self.explanation, methods=["GET"]),
            Route("/v1/decisions/{id:uuid}/replay", self.replay, methods=["POST"]),
            Route("/v1/decisions/{id:uuid}/receipt", self.receipt, methods=["GET"]),
            Route("/ledger/checkpoint", self.checkpoint, methods=["GET"]),
            Route("/ledger/key", self.key, methods=["GET"]),
            Route("/v1/ledger/key", self.keys, methods=["GET"]),
            Route("/v1/ledger/consistency", self.consistency, methods=["GET"]),
            Route("/ledger/tile/{path:path}", self.tile, methods=["GET"]),
        ]

    async def search(self, request: Request) -> Response:
        """Find decisions, newest first."""
        parameters(request)
        asked = search_of(await body_of(request))
        logbook = logbook_of(self._service)

        def find() -> dict[str, Any]:
            terms = list(asked.terms)
            if asked.subject is not None:
                terms.append(f"subject:{logbook.ledger.pseudonym(asked.subject)}")
            page = logbook.ledger.reader.search(
                terms, since=asked.since, until=asked.until, cursor=asked.cursor, limit=asked.limit
            )
            return {"decisions": [entry_json(entry) for entry in page.entries], "cursor": page.cursor}

        return reply(await on_record(find))

    async def decision(self, request: Request) -> Response:
        """Show the public part of a decision, and of the one on a second subject beside it."""
        parameters(request)
        ledger = logbook_of(self._service).ledger

        def read() -> dict[str, Any]:
            reader, entry = _found(ledger, request)
            shown = entry_json(entry)
            if entry.index + 1 < reader.size():
                beside = reader.entry(entry.index + 1)
                if beside.public.get("beside") == entry.public["id"]:
                    shown["counterparty"] = entry_json(beside)
            return shown

        return reply(await on_record(read))

    async def explanation(self, request: Request) -> Response:
        """Show what was asked, what was answered, and everything that the answer rests on."""
        parameters(request)
        logbook = logbook_of(self._service)

        def explain() -> dict[str, Any]:
            reader, entry = _found(logbook.ledger, request)
            replayer = Replayer(reader, logbook.library)
            personal = reader.personal(entry)
            return {
                "request": json.loads(personal.request),
                "response": json.loads(personal.response),
                "explanation": answer_json(replayer.answer(entry)),
            }

        return reply(await on_record(explain))

    async def replay(self, request: Request) -> Response:
        """Decide again what was decided, and compare the bytes."""
        parameters(request)
        logbook = logbook_of(self._service)

        def again() -> dict[str, Any]:
            reader, entry = _found(logbook.ledger, request)
            found = Replayer(reader, logbook.library).replay(entry)
            return {
                "id": found.entry.public["id"],
                "same": found.same,
                "differences": found.differences(),
                "trouble": found.trouble,
                "recorded": json.loads(found.recorded),
                "replayed": json.loads(found.replayed) if found.replayed else None,
            }

        return reply(await on_record(again))

    async def receipt(self, request: Request) -> Response:
        """Give the proof of a decision against the newest witnessed checkpoint, else the log's own."""
        wait = _seconds(parameters(request, ("wait",)))
        ledger = logbook_of(self._service).ledger
        _, entry = await on_record(lambda: _found(ledger, request))
        until = time.monotonic() + wait
        while True:
            receipt = await on_record(lambda: ledger.receipt_of(entry))
            witnessed = receipt.checkpoint.count("\n\u2014 ") > 1
            left = until - time.monotonic()
            if witnessed or left <= 0:
                break
            await asyncio.sleep(min(_LOOK, left))
        return Response(str(receipt), media_type=_TEXT, headers={"x-witnessed": str(witnessed).lower()})

    async def checkpoint(self, request: Request) -> Response:
        """Give the newest signed checkpoint."""
        parameters(request)
        return Response(logbook_of(self._service).ledger.checkpoint, media_type=_TEXT)

    async def key(self, request: Request) -> Response:
        """Give the log's public key, in the form that verifiers take."""
        parameters(request)
        return Response(logbook_of(self._service).ledger.verifier.vkey() + "\n", media_type=_TEXT)

    async def keys(self, request: Request) -> Response:
        """Give every key of the log, which sizes of the tree it signs for, and what leads from one to the next."""
        parameters(request)
        reader = logbook_of(self._service).ledger.reader

        def read() -> dict[str, Any]:
            return keys_document(reader.keys())

        return reply(await on_record(read))

    async def consistency(self, request: Request) -> Response:
        """Give the proof that a tree of the log continues an earlier one (RFC 6962 2.1.2).

        Without `second` the later tree is that of the newest checkpoint, which comes along.
        """
        given = parameters(request, ("first", "second"), ("first",))
        ledger = logbook_of(self._service).ledger
        newest = ledger.checkpoint
        first, second = (_size(given, name) for name in ("first", "second"))
        if second is None:
            second = Checkpoint.of_text(Note.of_text(newest).text).size
        if not second:
            raise Stopped("invalid-parameter", Fault("`second` is a number of entries from 1 on", "", None, "second"))
        if not 0 < (first := first or 0) <= second:
            cure = f"the later tree has {second}"
            raise Stopped("invalid-parameter", Fault(f"`first` is a number from 1 to {second}", cure, None, "first"))

        def prove() -> dict[str, Any]:
            proof = ledger.reader.consistency(first, second)
            beside = newest if "second" not in given else None
            path = [encode_base64(value) for value in proof]
            return {"first": first, "second": second, "consistency": path, "checkpoint": beside}

        return reply(await on_record(prove))

    async def tile(self, request: Request) -> Response:
        """Give a tile of the tree, or a bundle of entries."""
        parameters(request)
        path = "tile/" + request.path_params["path"]
        reader = logbook_of(self._service).ledger.reader
        try:
            content = await on_record(lambda: reader.tile(path))
        except TileError as error:
            raise NotRecordedError(str(error)) from None
        return Response(content, media_type="application/octet-stream", headers=_FOREVER)


def _found(ledger: Ledger, request: Request) -> tuple[Reader, Entry]:
    return ledger.decision(str(request.path_params["id"]))


def _size(given: dict[str, str], name: str) -> int | None:
    """Return the size of a tree that a parameter gives, None without it."""
    if name not in given:
        return None
    try:
        return decimal(given[name], name)
    except NoteError:
        raise Stopped("invalid-parameter", Fault(f"`{name}` is a number of entries", "", None, name)) from None


def _seconds(given: dict[str, str]) -> float:
    text = given.get("wait", "0")
    try:
        found = float(text) if text.replace(".", "", 1).isdigit() else -1.0
    except ValueError:
        found = -1.0
    if not 0 <= found <= LONGEST_WAIT:
        raise Stopped(
            "invalid-parameter", Fault(f"`wait` is a number of seconds from 0 to {LONGEST_WAIT:.0f}", "", None, "wait")
        )
    return found
