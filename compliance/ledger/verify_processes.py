"""Spans of entries -> what they come to, examined in this process, or in several where a log is long.

Entries never change once stored, and how many there are to examine is settled before: so each process may take views of
its own of the database, later than the first. Invariant: results come in the order of the spans, so that a report does
not depend on how many processes there are; and a process that ends before its time ends the verification.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from typing import Protocol

from sqlalchemy import Connection

from compliance.ledger.archive import Archive
from compliance.ledger.errors import NotVerifiedError
from compliance.ledger.verify_entries import Examined, Span, examine
from compliance.ledger.verify_index import Sum, stored_sums

_AHEAD = 3
"""Spans that each process has waiting."""


class Hands(Protocol):
    """Who examines spans: this process, or several."""

    def examined(self, wanted: Iterator[Span]) -> Iterator[Examined]:
        """Yield what each span comes to, in order."""
        ...

    def index_sums(self, epoch: int, key: bytes) -> Callable[[], dict[int, Sum]]:
        """Begin to sum up the stored search index; the result is there when it is asked for."""
        ...


def processors() -> int:
    """Return how many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def hands(connection: Connection, archive: Archive, reopen: Callable[[], Archive] | None, jobs: int) -> Iterator[Hands]:
    """Give who examines: `jobs` processes, each of which opens the archive with `reopen`, or this one without it.

    Raises `NotVerifiedError` inside the block when one of the processes dies.
    """
    if reopen is None or jobs == 1:
        yield _Alone(connection, archive)
        return
    # `spawn`: a fork would take a copy of the progress bar's thread and of the database's connections with it.
    with ExitStack() as stack:
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (reopen,))
        stack.callback(pool.shutdown, cancel_futures=True)
        try:
            yield _Together(pool, jobs)
        except BrokenProcessPool as error:
            raise NotVerifiedError("a process that examined entries ended before its time") from error


class _Alone:
    """Examines in this process."""

    def __init__(self, connection: Connection, archive: Archive) -> None:
        self._connection, self._archive = connection, archive

    def examined(self, wanted: Iterator[Span]) -> Iterator[Examined]:
        return (examine(self._connection, self._archive.subjects, span) for span in wanted)

    def index_sums(self, epoch: int, key: bytes) -> Callable[[], dict[int, Sum]]:
        return lambda: stored_sums(self._connection, epoch, key)


class _Together:
    """Examines in several processes."""

    def __init__(self, pool: ProcessPoolExecutor, jobs: int) -> None:
        self._pool, self._ahead = pool, _AHEAD * jobs

    def examined(self, wanted: Iterator[Span]) -> Iterator[Examined]:
        waiting: deque[Future[Examined]] = deque()
        for span in wanted:
            waiting.append(self._pool.submit(_examine, span))
            if len(waiting) >= self._ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def index_sums(self, epoch: int, key: bytes) -> Callable[[], dict[int, Sum]]:
        return self._pool.submit(_index_sums, epoch, key).result


_opened: list[Archive] = []
"""The archive of an examining process."""


def _begin(reopen: Callable[[], Archive]) -> None:
    _opened.append(reopen())


def _examine(span: Span) -> Examined:
    with _opened[0].database.read() as connection:
        return examine(connection, _opened[0].subjects, span)


def _index_sums(epoch: int, key: bytes) -> dict[int, Sum]:
    with _opened[0].database.read() as connection:
        return stored_sums(connection, epoch, key)
