"""The one thread that appends: takes groups from the queue, has them committed, releases exactly those rows.

Invariant: nothing is answered that is not durable. A group that fails is answered with an error as a whole; the thread
goes on with the next, so the service resumes by itself once the database is back. Only a fork stops it.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from compliance.ledger.committer import Committer, Recorded
from compliance.ledger.errors import (
    LedgerClosedError,
    LedgerError,
    LedgerForkedError,
    LedgerUnavailableError,
)
from compliance.ledger.queue import Draft, Queue
from compliance.ledger.settings import LedgerSettings
from compliance.storage.database import DatabaseMovedError

_log = logging.getLogger(__name__)
_REST = 0.05
"""Seconds between a failed group and the next attempt, so that a dead database is not asked in a tight loop."""


@dataclass(slots=True)
class Figures:
    """What the writer has done since it started, for metrics."""

    groups: int = 0
    records: int = 0
    failures: int = 0
    largest_group: int = 0
    recorded_at: float = -math.inf
    """When something was last made durable, in seconds of the monotonic clock."""
    failed_at: float = -math.inf
    """When a group last could not be recorded, by the same clock."""


class Writer:
    """A thread between a queue and a committer."""

    def __init__(self, committer: Committer, settings: LedgerSettings) -> None:
        self._committer, self._settings = committer, settings
        self.queue: Queue[Recorded] = Queue(settings.queue_limit, settings.queue_bytes)
        self.figures = Figures()
        self.stopped: LedgerError | None = None
        """Why this node does not append any more; None while it does."""
        self._thread = threading.Thread(target=self._run, name="ledger-writer", daemon=True)
        self._thread.start()

    def close(self, timeout: float | None = None) -> None:
        """Refuse new drafts, write those that wait, keep the last checkpoint, end the thread."""
        self.queue.close(LedgerClosedError("the ledger is closed"))
        self._thread.join(timeout)

    def _run(self) -> None:
        while group := self.queue.take(self._settings.group_limit, self._settings.group_delay):
            outcomes = self._committed(group)
            self.queue.release(group, outcomes)
        try:
            self._committer.close()
            if self.stopped is None:
                self._committer.keep()
        except (SQLAlchemyError, OSError) as error:
            _log.warning("the last checkpoint could not be kept: %s", type(error).__name__)

    def _committed(self, group: Sequence[Draft[Recorded]]) -> Sequence[Recorded | Exception]:
        if self.stopped is not None:
            return [self.stopped] * len(group)
        try:
            outcomes = self._committer.commit(group)
        except DatabaseMovedError as error:
            return self._stopped(LedgerForkedError(f"{error} while this node ran"), group)
        except LedgerForkedError as error:
            return self._stopped(error, group)
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may be left waiting
            return [self._failed(error)] * len(group)
        # A group of nothing but repeated answers has written nothing.
        if any(isinstance(outcome, Recorded) and not outcome.replayed for outcome in outcomes):
            self.figures.recorded_at = time.monotonic()
        self.figures.groups += 1
        self.figures.records += len(group)
        self.figures.largest_group = max(self.figures.largest_group, len(group))
        return outcomes

    def _stopped(self, error: LedgerForkedError, group: Sequence[Draft[Recorded]]) -> list[LedgerForkedError]:
        self.stopped = error
        self.queue.close(error)
        _log.critical("the ledger stops: %s", error)
        return [error] * len(group)

    def _failed(self, error: Exception) -> LedgerError:
        # Invariant: messages of database drivers quote parameters, so only the kind of an error is ever logged.
        _log.error("a group could not be recorded: %s", type(error).__name__)
        self.figures.failures += 1
        self.figures.failed_at = time.monotonic()
        self._committer.forget_edge()
        time.sleep(_REST)
        if isinstance(error, LedgerError):
            return error
        unavailable = LedgerUnavailableError("the record could not be made durable, so nothing was answered")
        unavailable.__cause__ = error
        return unavailable
