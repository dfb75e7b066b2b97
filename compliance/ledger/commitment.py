"""Salt and message -> a commitment: binding for the committer, telling nothing to whoever lacks the salt.

The construction is SHA-256 over a domain label, a salt of 32 random bytes and the message. The salt has a fixed length,
so the three parts cannot be read in another way. Once the salt is gone, even a message that is easy to guess (a
country) cannot be confirmed against its commitment.
"""

from __future__ import annotations

import hmac

from compliance.ledger.hashing import digest

SALT_BYTES = 32
_LABEL = b"compliance-commitment/1\x00"


def commitment(salt: bytes, message: bytes) -> bytes:
    """Return the 32 bytes that commit to `message`; raises `ValueError` unless the salt has 32 bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return digest(_LABEL + salt + message)


def opens(committed: bytes, salt: bytes, message: bytes) -> bool:
    """Say whether salt and message are what was committed to."""
    return hmac.compare_digest(committed, commitment(salt, message))
