"""A signed checkpoint -> the same with an outside witness's cosignature.

Source: C2SP tlog-witness, https://c2sp.org/tlog-witness, `add-checkpoint`: old size, consistency proof, empty line,
checkpoint; the answer is cosignature lines, or 409 with the size that the witness knows.
Invariant: only cosignatures that verify under a configured key are attached.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compliance.ledger.checkpoint import Checkpoint, decimal, verified
from compliance.ledger.errors import LedgerError
from compliance.ledger.note import Note, NoteError, Signature, Verifier, encode_base64
from compliance.ledger.reading import Reader

_SECONDS = 10.0
_LONGEST_ANSWER = 64 * 1024

Post = Callable[[str, bytes], tuple[int, str]]
"""`(address, body)` -> status and body of the answer; raises `OSError` when there is none."""


class WitnessError(LedgerError):
    """The witness did not cosign; the checkpoint stays as it was."""


def post(address: str, body: bytes) -> tuple[int, str]:
    """Send a request over HTTP."""
    request = urllib.request.Request(address, data=body, method="POST")  # noqa: S310 - configured, not from a caller
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read(_LONGEST_ANSWER).decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read(_LONGEST_ANSWER).decode(errors="replace")


@dataclass(slots=True)
class Witness:
    """One witness: its submission prefix, its key, and the tree size that it last cosigned, as far as we know."""

    prefix: str
    verifier: Verifier
    known_size: int = 0
    send: Post = post

    def cosign(self, reader: Reader, note: str, log: Sequence[Verifier]) -> str:
        """Return the checkpoint with this witness's cosignature added.

        Raises `WitnessError` when the witness refuses or does not answer.
        """
        checkpoint = verified(note, log).checkpoint
        status, answer = self._submit(reader, checkpoint, note)
        if status == 409:
            try:
                self.known_size = decimal(answer.removesuffix("\n"), "tree size")
            except NoteError as error:
                raise WitnessError("the witness holds another tree of this size") from error
            if self.known_size > checkpoint.size:
                raise WitnessError("the witness has seen a larger tree of this log")
            status, answer = self._submit(reader, checkpoint, note)
        if status != 200:
            raise WitnessError(f"the witness answered {status}")
        cosigned = self._attached(Note.of_text(note), answer)
        self.known_size = checkpoint.size
        return str(cosigned)

    def _submit(self, reader: Reader, checkpoint: Checkpoint, note: str) -> tuple[int, str]:
        proof = reader.consistency(self.known_size, checkpoint.size)
        head = [f"old {self.known_size}", *map(encode_base64, proof), "", note]
        try:
            return self.send(f"{self.prefix.rstrip('/')}/add-checkpoint", "\n".join(head).encode())
        except OSError as error:
            raise WitnessError("the witness does not answer") from error

    def _attached(self, note: Note, answer: str) -> Note:
        for line in answer.removesuffix("\n").split("\n"):
            try:
                signature = Signature.of_line(line)
                if (signature.name, signature.key_id) == (self.verifier.name, self.verifier.key_id):
                    self.verifier.verify(note.text, signature.value)
                    return Note(note.text, (*note.signatures, signature))
            except NoteError as error:
                raise WitnessError(f"the witness's answer is no cosignature: {error}") from error
        raise WitnessError("the witness answered without a signature of its key")
