"""Name a decision: 128 bits that sort by time and that nobody can guess.

Reference: RFC 9562, section 5.7 (UUID version 7): 48 bits of milliseconds, then version, variant and 74 random bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.ledger.randomness import random_bytes

if TYPE_CHECKING:
    from datetime import datetime


_48_BITS: Final = (1 << 48) - 1
_VARIANTS: Final = tuple("89ab"[byte & 3] for byte in range(256))


def new_id(instant: datetime) -> str:
    """Return a new identifier for a decision taken at `instant`, in the hyphenated form of a UUID."""
    milliseconds = "%012x" % (int(instant.timestamp() * 1000) & _48_BITS)
    random = random_bytes(10)
    digits = random.hex()
    return f"{milliseconds[:8]}-{milliseconds[8:]}-7{digits[:3]}-{_VARIANTS[random[9]]}{digits[3:6]}-{digits[6:18]}"
