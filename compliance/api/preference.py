"""Read how much of an answer a client wants: `Prefer: return=minimal` asks for what a program needs, and no more.

Reference: RFC 7240 (the Prefer header), section 4.2. A preference that is not known is ignored, as the RFC asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.gate.forms import MINIMAL, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance.gate.forms import Form

HEADER: Final = b"prefer"
APPLIED: Final = (b"preference-applied", b"return=minimal")


def form_in(headers: Iterable[tuple[bytes, bytes]]) -> Form:
    """Return the form of answers to a request with these headers (names in lower case)."""
    for name, value in headers:
        if name == HEADER and any(_wants(part) for part in value.split(b",")):
            return MINIMAL
    return PLAIN


def _wants(preference: bytes) -> bool:
    name, _, value = preference.split(b";")[0].partition(b"=")
    return name.strip().lower() == b"return" and value.strip(b' \t"').lower() == b"minimal"
