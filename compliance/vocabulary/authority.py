"""Say who demands a thing, where it is written, when we read it and how we know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date


class Standing(StrEnum):
    """How well a statement is founded; `RECALLED` alone never permits."""

    QUOTED = "quoted"
    RELAYED = "relayed"
    SECONDARY = "secondary"
    COMPUTED = "computed"
    HOUSE = "house"
    RECALLED = "recalled"

    @property
    def means(self) -> str:
        """Return the sentence that explains the standing, for people."""
        return _MEANS[self]


_MEANS: Final = {
    Standing.QUOTED: "the primary page was read",
    Standing.RELAYED: "a document that quotes the primary page was read",
    Standing.SECONDARY: "a law firm, the press or a vendor says so",
    Standing.COMPUTED: "measured or calculated from published data",
    Standing.HOUSE: "a dated decision of the venue, written down with its reasons",
    Standing.RECALLED: "from memory: it may close or refer, never open",
}


@dataclass(frozen=True, slots=True)
class Authority:
    """One source of one statement."""

    title: str
    reviewed_on: date
    standing: Standing
    article: str | None = None
    href: str | None = None
