"""What the writer did last, or a probe of at most a second -> whether a record could be made durable now.

A record of less than a second ago, with no failure since, is all there is to know. Else a probe writes as a record
would be written, since a disk that is full, a file that was deleted or a server that takes no writes can still be read.
Invariant: whoever asks waits no longer than `LONGEST`, however long the database does, and a probe leaves nothing
behind.
"""

from __future__ import annotations

import asyncio
import math
import os
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert

from compliance.ledger import store, troubles
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.errors import LedgerError, LedgerForkedError, LedgerUnavailableError
from compliance.ledger.note import Note

if TYPE_CHECKING:
    from compliance.ledger.opening import Opened
    from compliance.ledger.writer import Writer

LONGEST: Final = 0.9
"""Seconds after which a probe that is still under way counts as failed."""
_FRESH: Final = 1.0
"""Seconds for which it counts that something was recorded."""
_AGAIN: Final = 0.5
"""Seconds for which the result of a probe stands, so that asking often costs little."""


class Readiness:
    """Says whether records can be made durable; asked by one event loop."""

    def __init__(self, opened: Opened, writer: Writer, checkpoint: Callable[[], str]) -> None:
        """Take an open log, its writer, and what gives the newest checkpoint that this node signed."""
        self._opened, self._writer, self._checkpoint = opened, writer, checkpoint
        self._probing: Future[str | None] | None = None
        self._began = -math.inf
        self._found: tuple[float, str | None] = (-math.inf, None)
        """When the last probe began, and what it found."""

    async def trouble(self) -> str | None:
        """Return why a record could not be made durable, None where it could; takes at most a second."""
        if self._writer.stopped is not None:
            return str(self._writer.stopped)
        figures, now = self._writer.figures, time.monotonic()
        if figures.recorded_at > figures.failed_at and now - figures.recorded_at < _FRESH:
            return None
        # A failure is newer than whatever was found before it.
        if now - self._found[0] >= _AGAIN or figures.failed_at >= self._found[0]:
            found = await self._asked(now)
            self._found = (self._began, found)
        return self._found[1]

    async def _asked(self, now: float) -> str | None:
        """Return what a probe finds: the one that is under way, if any, since one that hangs is answer enough."""
        if self._probing is None or self._probing.done():
            self._probing, self._began = Future(), now
            probe = threading.Thread(target=self._probe, args=(self._probing,), name="ledger-probe", daemon=True)
            probe.start()
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._probing)), LONGEST)
        except TimeoutError:
            return "the database does not answer"

    def _probe(self, result: Future[str | None]) -> None:
        try:
            with troubles.said():
                self._read()
                self._write()
        except LedgerError as error:
            result.set_result(str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may be left waiting
            result.set_result(f"the ledger cannot be used ({type(error).__name__})")
        else:
            result.set_result(None)

    def _read(self) -> None:
        """See that the database answers, and has what was signed."""
        signed = Checkpoint.of_text(Note.of_text(self._checkpoint()).text).size
        with self._opened.database.read() as connection:
            size = store.read_head(connection, self._opened.epoch).size
        if size < signed:
            raise LedgerForkedError(f"the database holds {size} entries, but a checkpoint over {signed} was signed")

    def _write(self) -> None:
        """See that a transaction is made durable, that keys can be read, and that a file can be put beside the log."""
        key, at = secrets.token_bytes(32), self._opened.settings.clock()
        row = {"key": key, "epoch": self._opened.epoch, "leaf_index": 0, "size": 0, "request": b"", "expires_at": at}
        with self._opened.database.write() as connection:
            store.lock(connection)
            # A row that nobody sees: an update to what is there already would write nothing.
            connection.execute(insert(store.IDEMPOTENCY), [row])
            connection.execute(delete(store.IDEMPOTENCY).where(store.IDEMPOTENCY.c.key == key))
        self._opened.subjects.pseudonym("")  # makes the key of the pseudonyms where there is none yet
        if not self._opened.subjects.can_name():
            raise LedgerUnavailableError("the keys of persons cannot be read")
        _try(self._opened.settings.folder)


def _try(folder: Path) -> None:
    """Write a file and remove it; raises `OSError`."""
    place = folder / f".probe.{os.getpid()}"
    try:
        place.write_bytes(bytes(512))
    finally:
        with suppress(OSError):
            place.unlink(missing_ok=True)
