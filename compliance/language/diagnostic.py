"""Say what is wrong in a rule file: where, what, and what to do.

Every stage returns `(value, diagnostics)`; `in_order` sorts and de-duplicates what the stages found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.language.span import Span


class Severity(StrEnum):
    """An error stops a rulebook from loading; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Note:
    """A second place that belongs to the message."""

    span: Span
    says: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake."""

    slug: str
    """Kebab-case name, for instance `missing-authority`; each has a golden page."""
    message: str
    """One lower-case sentence without a full stop, the user's text in backticks."""
    span: Span
    label: str = ""
    """Text behind the underline."""
    help: str = ""
    """The cure."""
    severity: Severity = Severity.ERROR
    notes: tuple[Note, ...] = ()


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return `diagnostics` by place in the files, each once."""
    return sorted(dict.fromkeys(diagnostics), key=lambda found: (found.span, found.slug, found.message))
