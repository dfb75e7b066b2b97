"""Name a decision: 128 bits that sort by time and that nobody can guess.

Reference: RFC 9562, section 5.7 (UUID version 7): 48 bits of milliseconds, then version, variant and 74 random bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.ledger.randomness import random_bytes

if TYPE_CHECKING:
    from datetime import datetime


_48_BITS: Final = (1 << 48) - 1
_VARIANT: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_DIGITS: Final = 20
"""Random hexadecimal digits that a name is made of; two bits of the last one are not used."""
_MOST_AHEAD: Final = 64


class Names:
    """Gives names to decisions that are taken at one instant."""

    __slots__ = ("_ahead", "_digits", "_head", "_used")

    def __init__(self, instant: datetime) -> None:
        """Take the instant."""
        milliseconds = "%012x" % (int(instant.timestamp() * 1000) & _48_BITS)
        self._head = f"{milliseconds[:8]}-{milliseconds[8:]}-7"
        self._digits, self._used, self._ahead = "", 0, 1

    def new(self) -> str:
        """Return a new name, in the hyphenated form of a UUID."""
        start = self._used
        if start == len(self._digits):
            # A batch asks for many, a single request for one: twice as many are fetched each time.
            self._digits, start = random_bytes(self._ahead * _DIGITS // 2).hex(), 0
            self._ahead = min(2 * self._ahead, _MOST_AHEAD)
        self._used = end = start + _DIGITS
        digits = self._digits[start:end]
        return f"{self._head}{digits[:3]}-{_VARIANT[digits[19]]}{digits[3:6]}-{digits[6:18]}"


def new_id(instant: datetime) -> str:
    """Return a new name for a decision taken at `instant`."""
    return Names(instant).new()
