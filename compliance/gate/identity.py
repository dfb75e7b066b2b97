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


class Names:
    """Gives names to decisions that are taken at one instant."""

    __slots__ = ("_head",)

    def __init__(self, instant: datetime) -> None:
        """Take the instant."""
        milliseconds = "%012x" % (int(instant.timestamp() * 1000) & _48_BITS)
        self._head = f"{milliseconds[:8]}-{milliseconds[8:]}-7"

    def new(self) -> str:
        """Return a new name, in the hyphenated form of a UUID."""
        random = random_bytes(10)
        digits = random.hex()
        return f"{self._head}{digits[:3]}-{_VARIANTS[random[9]]}{digits[3:6]}-{digits[6:18]}"


def new_id(instant: datetime) -> str:
    """Return a new name for a decision taken at `instant`."""
    return Names(instant).new()
