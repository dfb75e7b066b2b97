"""Turn the text of an ISIN, an LEI or a currency code into the code itself, or say what is wrong with it.

Invariant: what is returned is exactly what was given. Nothing is trimmed, capitalised or completed: a client
that is told what to fix sends the right code next time, and two spellings never mean one thing.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_SHOWN = 60
_ISIN: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_LEI: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_NO_CURRENCY: Final = frozenset({"XTS", "XXX"})
"""ISO 4217 keeps them for tests and for transactions without a currency."""


class InvalidIdentifier(ValueError):  # noqa: N818  (says what the text is; every caller turns it into a sentence)
    """The text is not the identifier that it should be.

    Attributes:
        text: what was given.
        kind: what it should be, as people say it: `ISIN`, `Solana address`.
        reason: what is wrong and how to fix it; the message is both together.
    """

    def __init__(self, text: str, kind: str, reason: str) -> None:
        """Take what was given, what it should be, and what is wrong."""
        self.text = text
        self.kind = kind
        self.reason = reason
        shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
        super().__init__(f"`{shown}` is not a valid {kind}: {reason}")

    def __reduce__(self) -> tuple[type[InvalidIdentifier], tuple[str, str, str]]:
        """Pickle by the three arguments, not by the message."""
        return InvalidIdentifier, (self.text, self.kind, self.reason)


def isin(text: str) -> str:
    """Return `text` if it is an International Securities Identification Number with the right check digit.

    Reference: ISO 6166:2021; the check digit is Luhn's over the digits of the code, letters as 10 to 35.

    Raises:
        InvalidIdentifier: for anything else.
    """
    if not _ISIN.fullmatch(text):
        if len(text) == 12 and _ISIN.fullmatch(text.upper()):
            raise InvalidIdentifier(text, "ISIN", f"letters must be capitals, write `{text.upper()}`")
        shape = "it must be 2 capital letters, 9 capital letters or digits and a check digit"
        raise InvalidIdentifier(text, "ISIN", shape)
    digit = _luhn_digit("".join(str(int(sign, 36)) for sign in text[:-1]))
    if text[-1] != digit:
        reason = f"the check digit of `{text[:-1]}` is {digit}, not {text[-1]}: look for a mistyped sign"
        raise InvalidIdentifier(text, "ISIN", reason)
    return text


def _luhn_digit(digits: str) -> str:
    total = 0
    for position, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def lei(text: str) -> str:
    """Return `text` if it is a Legal Entity Identifier with the right check digits.

    Reference: ISO 17442-1:2020; the check is ISO 7064 MOD 97-10, letters as 10 to 35.

    Raises:
        InvalidIdentifier: for anything else.
    """
    if not _LEI.fullmatch(text):
        if len(text) == 20 and _LEI.fullmatch(text.upper()):
            raise InvalidIdentifier(text, "LEI", f"letters must be capitals, write `{text.upper()}`")
        raise InvalidIdentifier(text, "LEI", "it must be 18 capital letters or digits and 2 check digits")
    digits = f"{98 - _as_number(text[:-2] + '00') % 97:02}"
    if text[-2:] != digits:
        reason = f"the check digits of `{text[:-2]}` are {digits}, not {text[-2:]}: look for a mistyped sign"
        raise InvalidIdentifier(text, "LEI", reason)
    return text


def _as_number(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text))


def currency(text: str) -> str:
    """Return `text` if it is the alphabetic code of a currency in use.

    Reference: ISO 4217, as published in the package `pycountry`, without `XXX` (no currency) and `XTS` (tests).

    Raises:
        InvalidIdentifier: for anything else.
    """
    codes = _currencies()
    if text in codes:
        return text
    if text in _NO_CURRENCY:
        raise InvalidIdentifier(text, "currency", "ISO 4217 keeps this code for amounts without a currency")
    meant = codes.get(text.strip().upper()[:_SHOWN]) or _currency_numbers().get(text.strip())
    if meant is not None:
        raise InvalidIdentifier(text, "currency", f"write the ISO 4217 code `{meant}`")
    raise InvalidIdentifier(text, "currency", "it must be an ISO 4217 code, 3 capital letters such as `EUR`")


@cache
def _currencies() -> dict[str, str]:
    import pycountry  # noqa: PLC0415  (takes 50 ms: whoever only asks for `--help` must not wait for it)

    codes = {entry.alpha_3 for entry in pycountry.currencies} - _NO_CURRENCY
    return {code: code for code in sorted(codes)}


@cache
def _currency_numbers() -> dict[str, str]:
    import pycountry  # noqa: PLC0415  (as above)

    return {entry.numeric: entry.alpha_3 for entry in pycountry.currencies if entry.alpha_3 in _currencies()}
