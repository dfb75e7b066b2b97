"""Name a decision: 128 bits that sort by time and that nobody can guess.

Reference: RFC 9562, section 5.7 (UUID version 7): 48 bits of milliseconds, then version, variant and 74 random bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.ledger.randomness import random_bytes

if TYPE_CHECKING:
    from datetime import datetime


def new_id(instant: datetime) -> str:
    """Return a new identifier for a decision taken at `instant`, in the hyphenated form of a UUID."""
    milliseconds = int(instant.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(random_bytes(10), "big")
    number = milliseconds << 80 | 0x7 << 76 | (random & 0xFFF) << 64 | 0b10 << 62 | random >> 18
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
