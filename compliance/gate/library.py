"""Turn a rulebook into bytes that can be kept for years, and find the rulebook of an old answer by its digest.

The bytes are canonical JSON: `{"files": {path: text}, "format": "compliance-rulebook/1"}`. Whoever has them can compute
the digest with `sha256sum`; see `compliance.language.loader.digest_of`.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

from compliance.engine.book import Book
from compliance.language.loader import digest_of, load_rulebook
from compliance.language.span import Source
from compliance.ledger.canonical import canonical
from compliance.ledger.errors import TamperedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance.language.rulebook import Rulebook

FORMAT: Final = "compliance-rulebook/1"
_MOST: Final = 4
"""Rulebooks that are kept ready: each is some megabytes, and takes a second to read."""


def kept_bytes(rulebook: Rulebook) -> bytes:
    """Return the files of a rulebook as they are kept."""
    return canonical({"files": {source.path: source.text for source in rulebook.sources}, "format": FORMAT})


def kept_digest(content: bytes) -> str:
    """Return the digest of the rulebook in kept bytes, without reading its rules; `ValueError` if there is none."""
    try:
        files = json.loads(content)["files"]
        return digest_of([Source(path, text) for path, text in files.items()])
    except (LookupError, AttributeError, TypeError) as error:
        raise ValueError("these are no files of a rulebook") from error


def read_kept(content: bytes, digest: str) -> Book:
    """Return the rulebook in kept bytes; raise `TamperedError` if it is not the one with `digest`, or none."""
    try:
        files = json.loads(content)["files"]
        sources = [Source(path, text) for path, text in files.items()]
        rulebook, _ = load_rulebook(sources, demand_cases=False)
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise TamperedError(f"what is kept under `{digest}` is no rulebook") from error
    if rulebook is None or rulebook.digest != digest:
        raise TamperedError(f"what is kept under `{digest}` is not that rulebook, or this version cannot read it")
    return Book(rulebook)


class Library:
    """Rulebooks by digest, the last few kept ready; threads may share it."""

    def __init__(self, find: Callable[[str], bytes]) -> None:
        """Take what finds the kept bytes of a digest; it raises `NotRecordedError` where there are none."""
        self._find = find
        self._books: OrderedDict[str, Book] = OrderedDict()
        self._lock = Lock()

    def put(self, book: Book) -> None:
        """Have a book ready that was read already."""
        with self._lock:
            self._books[book.rulebook.digest] = book
            while len(self._books) > _MOST:
                self._books.popitem(last=False)

    def book(self, digest: str) -> Book:
        """Return the rulebook with `digest`; may take a second. Raises `NotRecordedError`, `TamperedError`."""
        with self._lock:
            found = self._books.get(digest)
            if found is not None:
                self._books.move_to_end(digest)
                return found
        book = read_kept(self._find(digest), digest)
        self.put(book)
        return book
