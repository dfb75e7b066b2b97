"""Turn bytes into their Keccak-256 digest, the hash of Ethereum.

It is not SHA3-256: the standard of 2015 changed one byte of the padding, and `hashlib` has only the standard.
The permutation is the same, which is how the tests check it.

Reference: FIPS 202, sections 3.2 and 4; the original padding is that of the Keccak submission, version 3.
"""

from __future__ import annotations

from typing import Final

_RATE: Final = 136
_LANE: Final = 2**64 - 1
_ORIGINAL_PADDING: Final = 0x01


def keccak_256(data: bytes) -> bytes:
    """Return the 32 bytes of the Keccak-256 digest of `data`."""
    return sponge(data, _ORIGINAL_PADDING)


def sponge(data: bytes, padding: int) -> bytes:
    """Return the 256-bit digest of `data` with the first byte of padding given (1: Keccak, 6: SHA3)."""
    padded = bytearray(data)
    padded.append(padding)
    padded.extend(bytes(-len(padded) % _RATE))
    padded[-1] |= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            lanes[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permute(a: list[int]) -> None:
    """Apply Keccak-f[1600]; lane (x, y) is `a[x + 5 * y]`."""
    for constant in _ROUND_CONSTANTS:
        parity = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        for x in range(5):
            change = parity[x - 1] ^ _rotated(parity[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                a[x + y] ^= change
        b = [0] * 25
        for x in range(5):
            for y in range(5):
                b[y + 5 * ((2 * x + 3 * y) % 5)] = _rotated(a[x + 5 * y], _ROTATIONS[x + 5 * y])
        for x in range(5):
            for y in range(0, 25, 5):
                a[x + y] = b[x + y] ^ (~b[(x + 1) % 5 + y] & b[(x + 2) % 5 + y])
        a[0] ^= constant


def _rotated(lane: int, by: int) -> int:
    return ((lane << by) | (lane >> (64 - by))) & _LANE


def _rotations() -> list[int]:
    """FIPS 202, algorithm 2."""
    offsets = [0] * 25
    x, y = 1, 0
    for t in range(24):
        offsets[x + 5 * y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return offsets


def _round_constants() -> list[int]:
    """FIPS 202, algorithms 5 and 6."""
    constants = []
    register = 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << (2**j - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        constants.append(constant)
    return constants


_ROTATIONS: Final = _rotations()
_ROUND_CONSTANTS: Final = _round_constants()
