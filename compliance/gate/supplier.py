"""Turn a folder into a book that may answer: one that compiles and whose cases hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.engine.cases import run_cases
from compliance.engine.loading import RulebookRefused, load_book
from compliance.gate.shelf import Trouble
from compliance.language.diagnostic import Severity

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from compliance.engine.book import Book
    from compliance.engine.cases import CaseFailure


class CasesFailed(ValueError):  # noqa: N818 - what happened to the cases
    """A rulebook that compiles but does not do what its cases say; `failures` are all of them."""

    def __init__(self, failures: list[CaseFailure]) -> None:
        """Take every failure."""
        self.failures = failures
        super().__init__(f"{len(failures)} cases do not hold; the first: {failures[0]}")


def load_checked(folder: Path | None, now: datetime) -> Book:
    """Return the rulebook in `folder`, or the shipped one, checked and ready to be asked at `now`.

    Raises:
        RulebookRefused: if it does not compile.
        CasesFailed: if its cases do not hold.
        OSError: if a file cannot be read.
    """
    book = load_book(folder)
    failures = run_cases(book)
    if failures:
        raise CasesFailed(failures)
    book.at(now).warm()
    return book


def trouble_of(error: Exception, at: datetime) -> Trouble:
    """Return why a folder was not taken, as `/readyz` and the log say it."""
    match error:
        case RulebookRefused():
            errors = [found for found in error.diagnostics if found.severity is Severity.ERROR]
            lines = tuple(f"{found.span}: {found.message} [{found.slug}]" for found in errors)
            return Trouble(at, f"the rulebook has {len(errors)} errors", lines)
        case CasesFailed():
            return Trouble(at, f"{len(error.failures)} cases do not hold", tuple(map(str, error.failures)))
        case OSError():
            return Trouble(at, "a file of the rulebook cannot be read", (error.strerror or "",))
        case _:
            return Trouble(at, "the rulebook cannot be checked", (type(error).__name__,))
