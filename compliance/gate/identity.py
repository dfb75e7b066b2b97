"""Name a decision: 128 bits that sort by time and that nobody can guess.

Reference: RFC 9562, section 5.7 (UUID version 7): 48 bits of milliseconds, then version, variant and 74 random bits.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from datetime import datetime


def new_id(instant: datetime) -> str:
    """Return a new identifier for a decision taken at `instant`, in the hyphenated form of a UUID."""
    milliseconds = int(instant.timestamp() * 1000) & ((1 << 48) - 1)
    number = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=number))
