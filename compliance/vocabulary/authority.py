"""Say who demands a thing, where it is written, when we read it and how we know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Standing(StrEnum):
    """How well a statement is founded; `RECALLED` alone never permits."""

    QUOTED = "quoted"
    """The primary page was read."""
    RELAYED = "relayed"
    """A document that quotes the primary page was read."""
    SECONDARY = "secondary"
    """A law firm, the press or a vendor says so."""
    COMPUTED = "computed"
    """Measured or calculated here."""
    HOUSE = "house"
    """A dated decision of the venue, kept in `docs/policy/`."""
    RECALLED = "recalled"
    """From memory: may close, never open."""


@dataclass(frozen=True, slots=True)
class Authority:
    """One source of one statement."""

    title: str
    reviewed_on: date
    standing: Standing
    article: str | None = None
    href: str | None = None
