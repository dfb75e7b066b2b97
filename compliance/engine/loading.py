"""Read a rulebook from a folder, or the shipped one, and make it ready to be asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from compliance.engine.book import Book
from compliance.language.diagnostic import Severity
from compliance.language.loader import load_rulebook, read_folder

if TYPE_CHECKING:
    from compliance.language.diagnostic import Diagnostic


class RulebookRefused(ValueError):  # noqa: N818 - what happened to the rulebook
    """A rulebook that does not compile; `diagnostics` are all the reasons, in order."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        """Take every diagnostic."""
        self.diagnostics = diagnostics
        errors = sum(found.severity is Severity.ERROR for found in diagnostics)
        first = next((found for found in diagnostics if found.severity is Severity.ERROR), None)
        where = f"; the first: {first.span}: {first.message} [{first.slug}]" if first else ""
        super().__init__(f"the rulebook has {errors} errors{where}")


def shipped_folder() -> Path:
    """Return the folder of the rulebook that comes with this package: in the wheel, or beside a source checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rulebook"
    return inside if inside.is_dir() else package.parent


def load_book(folder: str | Path | None = None) -> Book:
    """Return the rulebook in `folder`, or the shipped one.

    Raises:
        RulebookRefused: with every diagnostic, if it does not compile.
    """
    rulebook, diagnostics = load_rulebook(read_folder(Path(folder) if folder is not None else shipped_folder()))
    if rulebook is None:
        raise RulebookRefused(diagnostics)
    return Book(rulebook)
