"""Origin, size and root <-> the signed note that states them.

Source: C2SP tlog-checkpoint v1.0.0, https://c2sp.org/tlog-checkpoint. Extension lines are read and kept,
and never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.ledger.merkle import HASH_BYTES
from compliance.ledger.note import Note, NoteError, Signer, Verifier, decode_base64, encode_base64, sign

_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,18})")
_BODY_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return the note text: one line each, with its newline."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "\n".join(lines) + "\n"

    def signed(self, signers: Sequence[Signer]) -> Note:
        """Return the signed checkpoint."""
        return sign(self.text(), signers)

    @classmethod
    def of_text(cls, text: str) -> Checkpoint:
        """Read note text; raises `NoteError` when it is not a checkpoint."""
        lines = text.split("\n")
        if len(lines) <= _BODY_LINES or lines.pop() or not all(lines):
            raise NoteError("a checkpoint is at least three non-empty lines")
        root = decode_base64(lines[2])
        if len(root) != HASH_BYTES:
            raise NoteError("the root of a checkpoint is 32 bytes")
        return cls(lines[0], decimal(lines[1], "tree size"), root, tuple(lines[3:]))


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint whose signatures were checked: by the log, and by which witnesses when (POSIX seconds)."""

    checkpoint: Checkpoint
    note: Note
    witnesses: tuple[tuple[str, int], ...]


def verified(note: str, log: Verifier | Sequence[Verifier], witnesses: Iterable[Verifier] = ()) -> Witnessed:
    """Read a signed checkpoint; check the signatures of the log and of whichever witnesses signed.

    Raises `NoteError` when the log's signature is missing or wrong, or a known witness's is wrong.
    """
    logs = [log] if isinstance(log, Verifier) else list(log)
    parsed = Note.of_text(note)
    checkpoint = Checkpoint.of_text(parsed.text)
    found = parsed.verified_by([*logs, *witnesses])
    if not any(verifier in logs and verifier.name == checkpoint.origin for verifier, _ in found):
        raise NoteError("the log has not signed this checkpoint")
    seen = tuple((verifier.name, seconds) for verifier, seconds in found if seconds is not None)
    return Witnessed(checkpoint, parsed, seen)


def decimal(text: str, what: str) -> int:
    """Return the number that an ASCII decimal without leading zeroes spells; else raise `NoteError`."""
    if not _DECIMAL.fullmatch(text):
        raise NoteError(f"the {what} is not a decimal number")
    return int(text)
