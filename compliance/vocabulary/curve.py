"""Turn 32 bytes into whether they are a point of the curve edwards25519.

On Solana this tells a wallet from a program-derived address: a wallet's address is a public key and so a point;
a program's address is chosen so that it is none, and nobody can hold a key to it.

Invariant: agrees with the runtime (`curve25519-dalek`), which reduces a y that is not below p and accepts the
sign bit of x = 0. RFC 8032 is stricter in both cases.

Reference: RFC 8032, section 5.1.3, steps 1 to 3.
"""

from __future__ import annotations

from typing import Final

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P


def is_on_curve(key: bytes) -> bool:
    """Say whether the 32 bytes of `key` are the compressed form of a point of edwards25519.

    Raises:
        ValueError: if there are not 32 bytes.
    """
    if len(key) != 32:
        raise ValueError(f"a point is 32 bytes, not {len(key)}")
    y = int.from_bytes(key, "little") & (2**255 - 1)
    squared = y * y % _P
    numerator = (squared - 1) % _P
    denominator = (_D * squared + 1) % _P
    # x^2 is their quotient. A quotient is a square when the product is, and the denominator is never 0.
    return pow(numerator * denominator, (_P - 1) // 2, _P) in (0, 1)
