"""Run the service: load a folder, check it, answer, and follow its edits if asked to."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import uvicorn

from compliance.api.app import create_app
from compliance.engine.loading import shipped_folder
from compliance.gate.clock import SYSTEM_CLOCK
from compliance.gate.shelf import Shelf
from compliance.gate.supplier import load_checked
from compliance.gate.watch import Watcher

if TYPE_CHECKING:
    from pathlib import Path

    from compliance.api.settings import Settings

_log = logging.getLogger(__name__)


def serve(
    folder: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 8080,
    *,
    watch: bool = False,
    settings: Settings | None = None,
) -> None:
    """Answer on `host` and `port` by the rulebook in `folder` (the shipped one by default) until interrupted.

    With `watch`, an edit answers as soon as it compiles and its cases hold; until then the rulebook before it does.

    Raises:
        RulebookRefused: if the rulebook does not compile.
        CasesFailed: if its cases do not hold.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    place = folder if folder is not None else shipped_folder()
    book = load_checked(place)
    shelf = Shelf(book, SYSTEM_CLOCK.now(), place)
    _log.info("answering by %s (%s)", book.rulebook.digest, shelf.current.status)
    watcher = Watcher(shelf, place, SYSTEM_CLOCK) if watch else None
    if watcher is not None:
        watcher.start()
    try:
        uvicorn.run(
            create_app(shelf, settings),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
        )
    finally:
        if watcher is not None:
            watcher.stop()
