"""Follow what feeds state in the log, so that every node decides by it within a second; in a thread of its own.

Invariant: what a feed states is in the log before anything is decided by it; where nobody could look for some seconds,
nobody knows what feeds state, and what could be fed is unknown.
"""

from __future__ import annotations

import logging
import time
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final

from compliance.gate.feeds import ENDED, EVERYWHERE, Feeds, stated
from compliance.ledger import feeds as said
from compliance.ledger import troubles
from compliance.vocabulary.facts import Origin

if TYPE_CHECKING:
    from compliance.gate.shelf import Shelf
    from compliance.ledger.feed_rows import Place
    from compliance.ledger.feeds import Feed
    from compliance.ledger.ledger import Ledger
    from compliance.vocabulary.facts import Vocabulary

_log = logging.getLogger(__name__)
EVERY: Final = 0.5
"""Seconds between two looks."""
_LOST: Final = 5.0
"""Seconds without a look after which what was known counts no more: another node may have put a halt since."""


class Feeding:
    """Keeps `feeds` as the log states them, read by the vocabulary in force."""

    def __init__(self, shelf: Shelf, feeds: Feeds, every: float = EVERY) -> None:
        """Take where the rulebook is, and what to keep."""
        self._shelf, self._feeds, self._every = shelf, feeds, every
        self._known: dict[str, Feed] = {}
        self._vocabulary: Vocabulary | None = None
        self._lock = Lock()
        self._stop = Event()
        self._thread: Thread | None = None
        self._silent = False
        self._looked = time.monotonic()
        """When somebody last looked, by the monotonic clock."""

    @property
    def known(self) -> list[Feed]:
        """What the log stated when it was last looked at."""
        return list(self._known.values())

    def start(self, ledger: Ledger) -> None:
        """Begin to follow a log, which was looked at once."""
        self._thread = Thread(target=self._run, args=(ledger,), name="feeds", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Follow no more, and wait for a look under way to end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def look(self, ledger: Ledger) -> bool:
        """Take over what has changed since the last look; return whether something had. Raises `LedgerError`."""
        with self._lock, troubles.said():
            vocabulary = self._shelf.current.book.rulebook.vocabulary
            places: dict[str, Place] = ledger.feeds()
            known = {name: feed for name, feed in self._known.items() if places.get(name) == feed.place}
            if known.keys() == places.keys() == self._known.keys() and vocabulary is self._vocabulary:
                self._looked = time.monotonic()
                return False
            for name, place in places.items():
                if name not in known:
                    known[name] = said.read(ledger, name, place)
            self._feeds.take(stated(vocabulary, known.values()))
            self._known, self._vocabulary, self._looked = known, vocabulary, time.monotonic()
            return True

    def _lose(self) -> None:
        """Let everything that could be fed be unknown, until somebody can look again."""
        with self._lock:
            facts = self._shelf.current.book.rulebook.vocabulary.facts
            paths = [path for path, fact in facts.items() if Origin.FEED in fact.origins and not fact.personal]
            everywhere = {(path, EVERYWHERE): ENDED for path in paths}
            self._feeds.take({**everywhere, **dict.fromkeys(self._feeds.current, ENDED)})
            self._vocabulary = None  # the next look takes all over again

    def _run(self, ledger: Ledger) -> None:
        while not self._stop.wait(self._every):
            try:
                self.look(ledger)
            except Exception as error:  # noqa: BLE001 - a database that fails here fails for decisions too, loudly
                # Said once, not twice a second.
                if not self._silent:
                    _log.warning("feeds cannot be looked at: %s", type(error).__name__)
                self._silent = True
                if time.monotonic() - self._looked > _LOST:
                    self._lose()
            else:
                self._silent = False
