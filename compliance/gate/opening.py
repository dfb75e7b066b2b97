"""Wait for a ledger that cannot be opened yet: a database that is away, a disk that is full, a key that is not there.

Invariant: until it is open nobody is answered, and whoever asks is told to try again.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from compliance.gate.logbook import Stopped
from compliance.ledger.errors import LedgerError, LedgerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from compliance.gate.recorder import Receipted, Record, Recorder

_log = logging.getLogger(__name__)
EVERY: Final = 1.0
"""Seconds between two attempts."""
_LONGEST: Final = 15.0
"""Seconds for which the end of an attempt is waited for when the service stops."""


class Opening:
    """The recorder of a service whose ledger is not open yet; gives way to the one that `attempt` returns."""

    records = True
    trouble = None

    def __init__(self, attempt: Callable[[], Recorder], reason: LedgerUnavailableError, every: float = EVERY) -> None:
        """Take what opens the ledger, and why it could not before; `attempt` raises `LedgerError` where it cannot."""
        self._attempt, self._every = attempt, every
        self._reason = str(reason)
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self, then: Callable[[Recorder], None]) -> None:
        """Begin to try; `then` is given the recorder, in a thread of its own, once there is one."""
        _log.error("nothing is answered: the ledger cannot be opened, and is tried again: %s", self._reason)
        self._thread = Thread(target=self._run, args=(then,), name="ledger-opening", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Try no more, and wait for an attempt under way to end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_LONGEST)

    async def unready(self) -> str | None:
        """Return why the ledger could not be opened when it was last tried."""
        return self._reason

    async def record(self, _: Sequence[Record]) -> Sequence[Receipted]:
        """Refuse."""
        raise LedgerUnavailableError(self._reason)

    def begin(self, _: Record, __: Callable[[Receipted | Exception], None]) -> None:
        """Refuse."""
        raise LedgerUnavailableError(self._reason)

    def _run(self, then: Callable[[Recorder], None]) -> None:
        while not self._stop.wait(self._every):
            found = self._tried()
            if found is not None:
                then(found)
                return

    def _tried(self) -> Recorder | None:
        try:
            return self._attempt()
        except LedgerUnavailableError as error:
            if str(error) != self._reason:  # said once, not every second
                _log.error("the ledger still cannot be opened: %s", error)
            self._reason = str(error)
        except LedgerError as error:
            _log.critical("nothing is answered: the ledger cannot be opened: %s", error)
            return Stopped(error)
        except Exception as error:  # noqa: BLE001 - the thread must not end while there is hope
            self._reason = f"the ledger cannot be opened ({type(error).__name__})"
            _log.error("%s", self._reason)
        return None
