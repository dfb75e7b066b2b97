"""Records that wait -> groups for the writer; outcomes -> whoever waited for them.

Invariant: an outcome is delivered to the draft it was made for, and to no other: a group is a list that the writer took
out of the queue, and its outcomes are released pairwise. What arrives during a commit is in the queue, not in the
group.
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from compliance.ledger.entry import DecisionRecord, IdempotencyKey
from compliance.ledger.errors import LedgerBusyError, LedgerError
from compliance.ledger.feed_rows import Move

_TURNS = 8
"""Turns of a loop that those who were answered have before another group is taken."""
_HELD = 0.002
"""Seconds after which it is taken in any case."""
Outcome = TypeVar("Outcome")
Told_contra = TypeVar("Told_contra", contravariant=True)


class Waiting(Protocol[Told_contra]):
    """Whoever waits for an outcome: a future of a thread or of an event loop, or what acts as one."""

    def done(self) -> bool:
        """Say whether it has been told, or waits no more."""
        ...

    def set_result(self, result: Told_contra, /) -> None:
        """Take the outcome."""
        ...

    def set_exception(self, exception: Exception, /) -> None:
        """Take why there is none."""
        ...


# A Struct, since each decision makes one.
class Draft(msgspec.Struct, Generic[Outcome]):
    """A record on its way into the log, and who waits for it."""

    record: DecisionRecord
    idempotency: IdempotencyKey | None
    waiting: Waiting[Outcome]
    loop: asyncio.AbstractEventLoop | None = None
    """The loop that it is told on; `None`: on the writer's thread."""
    erases: str | None = None
    """The pseudonym whose key is destroyed with this entry."""
    feed: Move | None = None
    """The feed that this entry states from now on, if feeds still stand where they were seen."""
    cost: int = 0


class Queue(Generic[Outcome]):
    """A bounded queue from many threads and event loops to one writer."""

    def __init__(self, limit: int, limit_bytes: int) -> None:
        self._limit, self._limit_bytes = limit, limit_bytes
        self._waiting: deque[Draft[Outcome]] = deque()
        self._bytes = 0
        self._ready = False
        """Whether the writer may take what waits: not in the midst of a turn that adds to it."""
        # Taken by itself where nobody has to be woken: a condition adds a call of Python to each end of it.
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._held_until = -math.inf
        """Until when no group is taken, by the monotonic clock: see `release`."""
        self._closed: LedgerError | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, draft: Draft[Outcome], *, wake: bool = True) -> None:
        """Add a draft; raises `LedgerBusyError` when the queue is full, or the reason it was closed for.

        Without `wake`, whoever adds it calls `wake` in the same turn: what comes in one turn goes in one group.
        """
        draft.cost = len(draft.record.request) + len(draft.record.response)
        with self._lock:
            if self._closed is not None:
                raise self._closed
            if len(self._waiting) >= self._limit or self._bytes + draft.cost > self._limit_bytes:
                raise LedgerBusyError("too many records are waiting to be written")
            self._waiting.append(draft)
            self._bytes += draft.cost
            if wake:
                self._ready = True
                self._changed.notify()

    def wake(self) -> None:
        """Let the writer take what waits."""
        with self._changed:
            self._ready = True
            self._changed.notify()

    def take(self, limit: int, delay: float) -> list[Draft[Outcome]]:
        """Wait for drafts and take a group; an empty one says that the queue is closed and drained.

        `delay` is how long, in seconds, the first of a group may wait for others. An erasure is a group of
        its own.
        """
        with self._changed:
            while self._closed is None:
                held = self._held_until - time.monotonic()
                due = bool(self._waiting) and self._ready
                if due and held <= 0:
                    break
                self._changed.wait(held if due else None)
            if delay and self._closed is None:
                until = time.monotonic() + delay
                while len(self._waiting) < limit and (left := until - time.monotonic()) > 0:
                    self._changed.wait(left)
            group: list[Draft[Outcome]] = []
            self._ready = len(self._waiting) > limit
            while self._waiting and len(group) < limit:
                if group and (self._waiting[0].erases or group[0].erases):
                    self._ready = True
                    break
                draft = self._waiting.popleft()
                self._bytes -= draft.cost
                group.append(draft)
            return group

    def close(self, reason: LedgerError) -> None:
        """Refuse every further draft for this reason; those that wait are still taken."""
        with self._changed:
            self._closed = self._closed or reason
            self._changed.notify_all()

    def release(self, drafts: Sequence[Draft[Outcome]], outcomes: Iterable[Outcome | Exception]) -> None:
        """Hand each outcome to the one that waits for it; one wake-up per event loop.

        Whoever is answered on a loop has a few of its turns before another group is taken, so that the answers leave
        and what they set off is in that group: groups are twice as large so, and everybody waits for less.
        """
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Draft[Outcome], Outcome | Exception]]] = defaultdict(list)
        for draft, outcome in zip(drafts, outcomes, strict=True):
            if draft.loop is None:
                _settle(draft, outcome)
            else:
                by_loop[draft.loop].append((draft, outcome))
        for loop, settled in by_loop.items():
            self._held_until = time.monotonic() + _HELD
            try:
                loop.call_soon_threadsafe(self._settle_all, settled, loop)
            except RuntimeError:  # the loop is closed: nobody waits any more, and what was recorded stays recorded
                self._held_until = -math.inf

    def _settle_all(
        self, settled: Iterable[tuple[Draft[Outcome], Outcome | Exception]], loop: asyncio.AbstractEventLoop
    ) -> None:
        for draft, outcome in settled:
            _settle(draft, outcome)
        self._let_go(loop, _TURNS)

    def _let_go(self, loop: asyncio.AbstractEventLoop, turns: int) -> None:
        """Let the next group be taken after so many turns of a loop."""
        if turns:
            loop.call_soon(self._let_go, loop, turns - 1)
            return
        with self._changed:
            self._held_until = -math.inf
            self._changed.notify()


def _settle(draft: Draft[Outcome], outcome: Outcome | Exception) -> None:
    if draft.waiting.done():  # given up by whoever waited
        return
    if isinstance(outcome, Exception):
        draft.waiting.set_exception(outcome)
    else:
        draft.waiting.set_result(outcome)
