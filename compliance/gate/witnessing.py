"""Have the log's checkpoints cosigned by an outside witness, now and then, in a thread of its own."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from compliance.ledger.errors import LedgerError

if TYPE_CHECKING:
    from compliance.ledger.ledger import Ledger
    from compliance.ledger.witness import Witness

_log = logging.getLogger(__name__)
EVERY: Final = 5.0
"""Seconds between two submissions."""


class Witnessing:
    """Submits the newest checkpoint whenever it has changed."""

    def __init__(self, ledger: Ledger, witness: Witness, every: float = EVERY) -> None:
        """Take an open ledger and a witness."""
        self._ledger = ledger
        self._witness = witness
        self._every = every
        self._seen = ""
        self._silent = False
        self._stop = Event()
        self._thread = Thread(target=self._run, name="ledger-witness", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Submit no more, and wait for a submission under way to end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def submit(self) -> bool:
        """Submit the newest checkpoint if it is new; return whether it was cosigned."""
        newest = self._ledger.checkpoint
        if newest == self._seen:
            return False
        try:
            self._ledger.cosign(self._witness)
        except LedgerError as error:
            # Said once, not every few seconds: decisions do not wait for a witness.
            if not self._silent:
                _log.warning("the witness does not cosign: %s", error)
            self._silent = True
            return False
        self._seen, self._silent = newest, False
        return True

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            try:
                self.submit()
            except Exception as error:  # noqa: BLE001 - a database that fails here fails for decisions too, loudly
                _log.warning("a checkpoint could not be submitted: %s", type(error).__name__)
