"""Run the service: load a folder, check it, open the ledger, answer, and follow its edits if asked to."""

from __future__ import annotations

import gc
import logging
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import uvicorn

from compliance.api.app import create_app
from compliance.api.connection import Connection
from compliance.engine.loading import shipped_folder
from compliance.gate.clock import SYSTEM_CLOCK
from compliance.gate.gate import Gate
from compliance.gate.logbook import Logbook, Stopped
from compliance.gate.opening import Opening
from compliance.gate.shelf import Shelf
from compliance.gate.supplier import load_checked
from compliance.gate.watch import Watcher
from compliance.gate.witnessing import Witnessing
from compliance.ledger.errors import LedgerForkedError, LedgerUnavailableError
from compliance.ledger.ledger import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from compliance.api.settings import Settings
    from compliance.gate.clock import Clock
    from compliance.gate.recorder import Recorder
    from compliance.ledger.settings import LedgerSettings
    from compliance.ledger.witness import Witness

_log = logging.getLogger(__name__)


def serve(
    folder: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    watch: bool = False,
    settings: Settings | None = None,
    ledger: LedgerSettings | None = None,
    witness: Witness | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Answer on `host` and `port` by the rulebook in `folder` (the shipped one by default) until interrupted.

    With `watch`, an edit answers as soon as it compiles and its cases hold; until then the rulebook before it does.
    With `ledger`, answers are recorded there before they leave; a ledger that is not the one that was signed is
    opened by nobody, and every request is answered 503; so it is until one that cannot be opened now can be. `witness`
    cosigns its checkpoints. `clock` dates the answers; a ledger's settings have one of their own.

    Raises:
        RulebookRefused: if the rulebook does not compile.
        CasesFailed: if its cases do not hold.
        LedgerError: if the ledger is another log, or signed with another key.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    place = folder if folder is not None else shipped_folder()
    now = clock.now()
    book = load_checked(place, now)
    shelf = Shelf(book, now, place)
    with ExitStack() as at_the_end:
        gate = Gate(shelf, clock)
        recorder = None if ledger is None else recorder_of(ledger, gate, witness, at_the_end)
        if recorder is not None:
            gate.recorder = recorder
        _log.info("answering by %s (%s)", book.rulebook.digest, shelf.current.status)
        if watch:
            watcher = Watcher(shelf, place, clock, taken=_settle)
            watcher.start()
            at_the_end.callback(watcher.stop)
        if isinstance(recorder, Opening):
            at_the_end.callback(recorder.stop)
            recorder.start(partial(setattr, gate, "recorder"))
        app = create_app(gate, settings)
        _settle()
        # No proxy is trusted: nothing here reads who a client is from a header.
        uvicorn.run(
            app,
            host=host,
            port=port,
            http=Connection,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )


def _settle() -> None:
    """Keep the collector away from what stays: going through a rulebook again and again took a fifth of each answer.

    What it was kept away from before it looks at once more, so that the rulebook before an edit goes.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def recorder_of(settings: LedgerSettings, gate: Gate, witness: Witness | None, at_the_end: ExitStack) -> Recorder:
    """Return the recorder of a ledger: one that answers nobody yet where the ledger cannot be opened now."""
    attempt = partial(opened, settings, gate, witness, at_the_end)
    try:
        return attempt()
    except LedgerUnavailableError as error:
        return Opening(attempt, error)


def opened(settings: LedgerSettings, gate: Gate, witness: Witness | None, at_the_end: ExitStack) -> Recorder:
    """Return the recorder of an opened ledger, or one that answers nobody where the ledger is not the signed one.

    The gate follows the feeds of the ledger from then on.

    Raises `LedgerUnavailableError` where it may help to try again, `LedgerError` where it is another log.
    """
    try:
        ledger = Ledger.open(settings)
    except LedgerForkedError as error:
        _log.critical("nothing is answered: %s; see `compliance ledger fork`", error)
        return Stopped(error)
    logbook, shelved = Logbook(ledger), gate.shelf.current
    try:
        logbook.keep(shelved.book.rulebook)
        logbook.learn(shelved)
        gate.feeding.look(ledger)
    except BaseException:
        ledger.close()
        raise
    at_the_end.callback(ledger.close)
    gate.feeding.start(ledger)
    at_the_end.callback(gate.feeding.stop)
    logbook.library.put(shelved.book)
    _log.info("recording in %s, key %s", settings.origin, ledger.verifier.vkey())
    if witness is not None:
        witnessing = Witnessing(ledger, witness)
        witnessing.start()
        at_the_end.callback(witnessing.stop)
    return logbook
