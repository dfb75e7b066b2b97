"""Point at characters of a rule file, so that a message can underline them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a rulebook: its path below the rulebook's root, with `/`, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A run of characters: lines and columns count from 1, the end column is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        """Return `path:line:column`."""
        return f"{self.path}:{self.line}:{self.column}"


NOWHERE = Span("", 0, 0, 0, 0)
"""The span of what no file says (rules made from positions carry the position's span, not this)."""
