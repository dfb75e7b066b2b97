"""Follow a folder of rules: what is edited answers once it compiles and its cases hold; until then the old one does.

For development: with a registry in force, files enter only by being published.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from compliance.gate.supplier import load_checked, trouble_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from compliance.gate.clock import Clock
    from compliance.gate.shelf import Shelf

_log = logging.getLogger(__name__)
_FOLDERS: Final = ("rules", "jurisdictions")
EVERY: Final = 0.5
"""Seconds between two looks at the folder."""

Fingerprint = frozenset[tuple[str, int, int]]


def fingerprint(folder: Path) -> Fingerprint:
    """Return path, time of change and size of each rule file: different once a file changes, comes or goes."""
    found = set()
    for part in _FOLDERS:
        for path in (folder / part).rglob("*.y*ml"):  # either way of ending a name
            try:
                state = path.stat()
            except OSError:
                continue
            found.add((str(path), state.st_mtime_ns, state.st_size))
    return frozenset(found)


class Watcher:
    """Looks at a folder again and again, in a thread of its own."""

    def __init__(
        self, shelf: Shelf, folder: Path, clock: Clock, every: float = EVERY, taken: Callable[[], None] | None = None
    ) -> None:
        """Take the shelf to fill, the folder whose present content is on it, and what to do once an edit answers."""
        self._shelf = shelf
        self._folder = folder
        self._clock = clock
        self._every = every
        self._taken = taken
        self._seen = fingerprint(folder)
        self._stop = Event()
        self._thread = Thread(target=self._run, name="rulebook-watcher", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more, and wait for a check under way to end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Check the folder if it changed since the last look; return whether it had."""
        seen = fingerprint(self._folder)
        if seen == self._seen:
            return False
        self._seen = seen
        self._take()
        return True

    def _take(self) -> None:
        now = self._clock.now()
        try:
            book = load_checked(self._folder, now)
        except Exception as error:  # noqa: BLE001 - a check that breaks is an edit that is not taken
            # Invariant: whatever an edit does to the check, the rulebook before it goes on answering.
            trouble = trouble_of(error, now)
            self._shelf.keep(trouble)
            _log.error("the rulebook on disk is not taken: %s", trouble.sentence)
            for line in trouble.details[:20]:
                _log.error("  %s", line)
            if not isinstance(error, ValueError | OSError):
                _log.exception("the check itself failed")
            return
        if book.rulebook.digest == self._shelf.current.book.rulebook.digest:
            self._shelf.keep(None)
            return
        self._shelf.put(book, now)
        _log.info("the rulebook on disk now answers: %s", book.rulebook.digest)
        if self._taken is not None:
            self._taken()

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            self.look()
