"""Record answers in a ledger, and read them back: the recorder of a service that keeps a log.

Invariant: the source of a rulebook is in the log before the first answer by it.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from compliance.gate.library import Library, kept_bytes
from compliance.gate.recorder import Receipted
from compliance.gate.records import decision_record
from compliance.gate.samples import samples
from compliance.ledger.errors import LedgerError, LedgerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from compliance.gate.recorder import Record
    from compliance.gate.shelf import Shelved
    from compliance.language.rulebook import Rulebook
    from compliance.ledger.committer import Recorded
    from compliance.ledger.ledger import Ledger

_log = logging.getLogger(__name__)
_AT_ONCE: Final = 1_000
"""Records of one batch that wait at the same time, so that a large batch leaves room for others."""


class Logbook:
    """A recorder over an open ledger, and the library of the rulebooks that it keeps."""

    records = True

    def __init__(self, ledger: Ledger) -> None:
        """Take an open ledger; whoever opened it closes it."""
        self.ledger = ledger
        self.library = Library(ledger.ruleset)
        self._kept: set[str] = set()
        self._begun_tasks: set[asyncio.Task[None]] = set()

    @property
    def trouble(self) -> str | None:
        """Say why nothing is recorded any more; `None` while all is well."""
        stopped = self.ledger.stopped
        return None if stopped is None else str(stopped)

    async def unready(self) -> str | None:
        """Return why an answer could not be recorded now; see `compliance.ledger.readiness`."""
        return await self.ledger.readiness.trouble()

    def keep(self, rulebook: Rulebook) -> None:
        """Keep the source of a rulebook, once; waits for the disk. Raises `LedgerError` if it cannot be kept."""
        if rulebook.digest in self._kept:
            return
        try:
            self.ledger.keep_ruleset(rulebook.digest, kept_bytes(rulebook))
        except LedgerError:
            raise
        except Exception as error:  # a database's own, of whatever kind
            raise LedgerUnavailableError("the rulebook could not be kept") from error
        self._kept.add(rulebook.digest)

    def learn(self, shelved: Shelved) -> None:
        """Have the log pack what is like the answers to the cases of a rulebook; waits for the disk.

        Raises `LedgerError` if what was learned cannot be kept.
        """

        def taught() -> list[bytes]:
            try:
                return samples(shelved)
            except Exception as error:  # noqa: BLE001 - records only take more space then
                _log.warning("nothing is learned from the cases of the rulebook: %s", type(error).__name__)
                return []

        try:
            self.ledger.pack_by(shelved.book.rulebook.digest, taught)
        except LedgerError:
            raise
        except Exception as error:  # a database's own, of whatever kind
            raise LedgerUnavailableError("what the log packs by could not be kept") from error

    async def record(self, records: Sequence[Record]) -> Sequence[Receipted]:
        """Return once all `records` are durable; see `compliance.gate.recorder.Recorder.record`."""
        for record in records:
            if record.rulebook.digest not in self._kept:
                await asyncio.to_thread(self.keep, record.rulebook)
        done: list[Receipted] = []
        for start in range(0, len(records), _AT_ONCE):
            done += await self._some(records[start : start + _AT_ONCE])
        return done

    def begin(self, record: Record, done: Callable[[Receipted | Exception], None]) -> None:
        """Record one; see `compliance.gate.recorder.Recorder.begin`."""
        if record.rulebook.digest in self._kept:
            self.ledger.enqueue(decision_record(record), record.key, _Told(done))
            return
        task = asyncio.get_running_loop().create_task(self._begun(record, done))
        self._begun_tasks.add(task)
        task.add_done_callback(self._begun_tasks.discard)

    async def _begun(self, record: Record, done: Callable[[Receipted | Exception], None]) -> None:
        """Record the first answer by a rulebook, whose source has to be kept before."""
        try:
            found: Receipted | Exception = (await self.record([record]))[0]
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            found = error
        done(found)

    async def _some(self, records: Sequence[Record]) -> list[Receipted]:
        """Return what each is answered with; raise the first error, once none of them waits any more."""
        all_told = _AllTold(len(records))
        for place, record in enumerate(records):
            told = _Told(partial(all_told.take, place))
            try:
                self.ledger.enqueue(decision_record(record), record.key, told)
            except LedgerError as error:
                told.set_exception(error)
        await all_told.waiting
        failed = next((each for each in all_told.found if isinstance(each, Exception)), None)
        if failed is not None:
            raise failed
        return [each for each in all_told.found if isinstance(each, Receipted)]


class _AllTold:
    """Gathers what many records are answered with: one waits for all of them, and is woken once."""

    def __init__(self, count: int) -> None:
        self.found: list[Receipted | Exception | None] = [None] * count
        self.waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = count
        if not count:
            self.waiting.set_result(None)

    def take(self, place: int, found: Receipted | Exception) -> None:
        self.found[place] = found
        self._left -= 1
        # Whoever waited may have given up since.
        if not self._left and not self.waiting.done():
            self.waiting.set_result(None)


class _Told:
    """Stands where a future would, and tells at once: nobody has to be woken for it."""

    __slots__ = ("_done",)

    def __init__(self, done: Callable[[Receipted | Exception], None]) -> None:
        self._done = done

    def done(self) -> bool:
        return False

    def set_result(self, kept: Recorded) -> None:
        self._done(Receipted(kept.response, kept.receipt_json, kept.replayed))

    def set_exception(self, exception: Exception) -> None:
        self._done(exception)


class Stopped:
    """The recorder of a service whose ledger cannot be opened: it answers nobody, and says why."""

    records = True

    def __init__(self, reason: LedgerError) -> None:
        """Take why."""
        self._reason = reason
        self.trouble: str | None = str(reason)

    async def unready(self) -> str | None:
        """Return why nothing is recorded."""
        return self.trouble

    async def record(self, _: Sequence[Record]) -> Sequence[Receipted]:
        """Refuse."""
        raise self._reason

    def begin(self, _: Record, __: Callable[[Receipted | Exception], None]) -> None:
        """Refuse."""
        raise self._reason
