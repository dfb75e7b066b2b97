"""Text + keys <-> signed note: the envelope of every checkpoint.

Source: C2SP signed-note v1.0.0 (Ed25519, signature type 0x01) and C2SP tlog-cosignature v1.0.0
(`cosignature/v1`, signature type 0x04), https://c2sp.org/signed-note and https://c2sp.org/tlog-cosignature.
Invariant: nothing is read leniently. Base64 that is not the one canonical spelling is refused, so that no character of
a note can change without the note becoming invalid or its signer unknown.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_SIGNATURES = 64
_KEY_ID_BYTES = 4
_SIGNATURE_BYTES = 64
_TIMESTAMP_BYTES = 8
_BAD_NAME = re.compile(r"[\s+]")
_BAD_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """A note, or a key for notes, is malformed or not signed as required; the message is the first reason."""


class SignatureType(IntEnum):
    """The signature type byte that goes into a key id."""

    ED25519 = 0x01
    COSIGNATURE_V1 = 0x04


def encode_base64(value: bytes) -> str:
    """Return the standard base64 of `value` (RFC 4648 section 4)."""
    return binascii.b2a_base64(value, newline=False).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Return the bytes behind canonical base64; any other spelling of them raises `NoteError`."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, UnicodeEncodeError) as error:
        raise NoteError("malformed base64") from error
    if encode_base64(value) != text:
        raise NoteError("base64 is not in its canonical spelling")
    return value


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key by the name its signatures carry."""

    name: str
    public: bytes
    kind: SignatureType = SignatureType.ED25519

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name || 0x0A || type || public key)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:_KEY_ID_BYTES]

    def vkey(self) -> str:
        """Return `<name>+<hex key id>+<base64(type || key)>`, the form in which keys are handed out."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def of_vkey(cls, vkey: str) -> Verifier:
        """Return the verifier that a vkey spells; raises `NoteError` when it is malformed."""
        parts = vkey.strip().split("+", 2)
        if len(parts) != 3:
            raise NoteError("a verifier key has the form `name+id+key`")
        material = decode_base64(parts[2])
        if len(material) != 1 + 32 or material[0] not in tuple(SignatureType):
            raise NoteError("the verifier key is not an Ed25519 key")
        verifier = cls(checked_name(parts[0]), material[1:], SignatureType(material[0]))
        if verifier.key_id.hex() != parts[1]:
            raise NoteError("the id of the verifier key is not the id of that name and key")
        return verifier

    def verify(self, text: str, signature: bytes) -> int | None:
        """Check a signature (without key id) over note text; returns a cosignature's time (POSIX seconds).

        Raises `NoteError` when it does not verify.
        """
        message, seconds = text.encode(), None
        if self.kind is SignatureType.COSIGNATURE_V1:
            seconds = int.from_bytes(signature[:_TIMESTAMP_BYTES], "big")
            signature = signature[_TIMESTAMP_BYTES:]
            message = cosigned_message(seconds, text)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise NoteError(f"the signature by `{self.name}` does not verify") from error
        return seconds


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key by the name its signatures carry."""

    name: str
    private: Ed25519PrivateKey
    kind: SignatureType = SignatureType.ED25519

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return _public_half(self)

    def sign(self, text: str, *, seconds: int = 0) -> Signature:
        """Return this key's signature over note text; a cosignature states `seconds` (POSIX)."""
        key_id = _id_of(self.verifier)
        if self.kind is SignatureType.COSIGNATURE_V1:
            stamped = seconds.to_bytes(_TIMESTAMP_BYTES, "big")
            return Signature(self.name, key_id, stamped + self.private.sign(cosigned_message(seconds, text)))
        return Signature(self.name, key_id, self.private.sign(text.encode()))


# Every group of records is signed, always with the same few keys.
@lru_cache(maxsize=16)
def _public_half(signer: Signer) -> Verifier:
    return Verifier(signer.name, signer.private.public_key().public_bytes_raw(), signer.kind)


@lru_cache(maxsize=16)
def _id_of(verifier: Verifier) -> bytes:
    return verifier.key_id


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """Return the line as it stands in a note, with its newline."""
        return f"\u2014 {self.name} {encode_base64(self.key_id + self.value)}\n"

    @classmethod
    def of_line(cls, line: str) -> Signature:
        """Return the signature that a line (without newline) spells; raises `NoteError`."""
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise NoteError("malformed signature line")
        value = decode_base64(parts[2])
        if len(value) <= _KEY_ID_BYTES:
            raise NoteError("a signature line is too short")
        return cls(checked_name(parts[1]), value[:_KEY_ID_BYTES], value[_KEY_ID_BYTES:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ending in a newline) and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """Return the note as it is sent and stored."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    @classmethod
    def of_text(cls, note: str) -> Note:
        """Split a note, verifying nothing yet; raises `NoteError` when it is malformed."""
        if _BAD_TEXT.search(note):
            raise NoteError("a note contains a control character")
        text, separator, rest = note.rpartition("\n\n")
        if not separator or not rest.endswith("\n"):
            raise NoteError("a note is text, an empty line and signature lines")
        lines = rest[:-1].split("\n")
        if len(lines) > MAX_SIGNATURES:
            raise NoteError(f"a note has more than {MAX_SIGNATURES} signatures")
        return cls(text + "\n", tuple(Signature.of_line(line) for line in lines))

    def verified_by(self, verifiers: Iterable[Verifier]) -> list[tuple[Verifier, int | None]]:
        """Return which of the known keys signed, each with the time its cosignature states.

        Signatures of unknown keys are ignored. A signature of a known key that fails raises `NoteError`, and so does a
        note that no known key signed.
        """
        known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
        found: list[tuple[Verifier, int | None]] = []
        for signature in self.signatures:
            verifier = known.get((signature.name, signature.key_id))
            if verifier is not None:
                found.append((verifier, verifier.verify(self.text, signature.value)))
        if not found:
            raise NoteError("no known key signed this note")
        return found


def sign(text: str, signers: Sequence[Signer]) -> Note:
    """Return the note over `text`, signed by each of the signers; raises `NoteError`."""
    if not text.endswith("\n") or _BAD_TEXT.search(text):
        raise NoteError("the text of a note ends in a newline and contains no other control character")
    return Note(text, tuple(signer.sign(text) for signer in signers))


def cosigned_message(seconds: int, text: str) -> bytes:
    """Return the bytes that a `cosignature/v1` signs: header line, time line, whole note text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def checked_name(name: str) -> str:
    """Return `name` when it can name a key (no spaces, no plus, not empty); else raise `NoteError`."""
    if not name or _BAD_NAME.search(name):
        raise NoteError(f"`{name}` cannot name a key: no spaces, no plus, not empty")
    return name
