"""Eligibility and compliance rules for tokenized securities: declarative, cited, unknown-safe.

from datetime import UTC, datetime
from compliance import load

rulebook = load("path/to/rulebook")
decision = rulebook.at(datetime.now(UTC)).decide(request)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from compliance.engine.book import Book

__all__ = ["load"]
__version__ = "0.1.0"


def load(folder: str | Path | None = None) -> Book:
    """Return the rulebook in `folder` (with `rules/` and `jurisdictions/`), or the shipped one, ready to be asked.

    Raises:
        RulebookRefused: with every diagnostic, if the rulebook does not compile.
    """
    from compliance.engine.loading import load_book  # noqa: PLC0415 - keeps `import compliance` cheap

    return load_book(folder)
