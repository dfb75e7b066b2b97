"""Hold the rulebook that answers: swapped as a whole, so that a request sees the old one or the new one, never both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from compliance.gate.answer import RulesetMark

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from compliance.engine.book import Book

UNPUBLISHED: Final = "unpublished"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An edit that was not taken, and why; the rulebook before it goes on answering."""

    at: datetime
    sentence: str
    details: tuple[str, ...] = ()
    """One line per diagnostic or failed case."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A rulebook in force, where it came from and since when."""

    book: Book
    loaded_at: datetime
    folder: Path | None = None
    status: str = UNPUBLISHED
    version: str | None = None
    trouble: Trouble | None = None
    _marks: dict[str, RulesetMark] = field(default_factory=dict)
    """By digest: most answers name the same few rulesets."""

    def mark(self, digest: str) -> RulesetMark:
        """Return how answers name the ruleset of this rulebook that has the digest."""
        found = self._marks.get(digest)
        if found is None:
            found = self._marks[digest] = RulesetMark(digest, self.status, self.version)
        return found


class Shelf:
    """The rulebook in force. Reading `current` once gives a consistent view."""

    def __init__(self, book: Book, loaded_at: datetime, folder: Path | None = None) -> None:
        """Start with a book that compiled and whose cases pass."""
        self._current = Shelved(book, loaded_at, folder)

    @property
    def current(self) -> Shelved:
        """Return what is in force."""
        return self._current

    def put(self, book: Book, at: datetime) -> None:
        """Let `book` answer from now on."""
        self._current = replace(self._current, book=book, loaded_at=at, trouble=None, _marks={})

    def keep(self, trouble: Trouble | None) -> None:
        """Keep the book in force and note why a newer one is not taken, or that the reason is gone."""
        self._current = replace(self._current, trouble=trouble)
