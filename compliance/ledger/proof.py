"""Entry, index, path and checkpoint <-> the receipt that proves inclusion to anybody offline.

Source: C2SP tlog-proof v1, https://c2sp.org/tlog-proof. The optional `extra` line carries the entry itself, which is
what the specification means it for (bytes needed to reconstruct the record hash): a receipt needs nothing beside it but
the log's public key. `extra` is not authenticated by the format; it is here because the leaf hash is taken over it.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from compliance.ledger import merkle
from compliance.ledger.checkpoint import Witnessed, decimal, verified
from compliance.ledger.note import NoteError, Verifier, decode_base64, encode_base64
from compliance.ledger.tree import Growth

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63


@dataclass(frozen=True, slots=True)
class Receipt:
    """A proof that `entry` is at `index` of the log whose signed checkpoint is `checkpoint` (verbatim)."""

    entry: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        """Return the receipt as it is handed out (`.tlog-proof`)."""
        return receipt_text(self.entry, self.index, self.path, self.checkpoint)

    @classmethod
    def of_text(cls, text: str) -> Receipt:
        """Read a receipt, verifying nothing yet; raises `NoteError` when malformed or without entry."""
        head, separator, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not separator or lines[0] != HEADER:
            raise NoteError(f"a receipt starts with `{HEADER}`")
        if len(lines) < 3 or not lines[1].startswith("extra "):
            raise NoteError("the receipt does not carry its entry on an `extra` line")
        if not lines[2].startswith("index "):
            raise NoteError("the receipt does not state an index")
        path = tuple(decode_base64(line) for line in lines[3:])
        if len(path) > MAX_PATH or any(len(value) != merkle.HASH_BYTES for value in path):
            raise NoteError(f"an inclusion path is at most {MAX_PATH} hashes of 32 bytes")
        return cls(decode_base64(lines[1][6:]), decimal(lines[2][6:], "index"), path, checkpoint)

    def verify(self, log: Verifier | Sequence[Verifier], witnesses: Iterable[Verifier] = ()) -> Witnessed:
        """Check all that the receipt claims; returns the checkpoint and who witnessed it.

        Raises `NoteError` for a bad signature, `merkle.ProofError` for a path to another root.
        """
        witnessed = verified(self.checkpoint, log, witnesses)
        stated = witnessed.checkpoint
        merkle.verify_inclusion(self.index, stated.size, merkle.leaf_hash(self.entry), self.path, stated.root)
        return witnessed


def receipt_text(entry: bytes, index: int, path: Sequence[bytes], checkpoint: str) -> str:
    """Return the text of a receipt."""
    lines = [HEADER, "extra " + encode_base64(entry), f"index {index}", *map(encode_base64, path), "", checkpoint]
    return "\n".join(lines)


def receipt_json(entry: bytes, index: int, own: Sequence[bytes], rest: bytes) -> bytes:
    """Return the text of a receipt as JSON: what `receipt_text` returns, encoded, at a tenth of the cost.

    `own` is the beginning of the path, and `rest` what `rest_json` makes of all that comes after.
    """
    lines = [b"\\n" + b2a_base64(value, newline=False) for value in own]
    return b"".join((_BEGINNING, b2a_base64(entry, newline=False), b"\\nindex %d" % index, *lines, rest))


def rest_json(above: Sequence[bytes], checkpoint: str) -> bytes:
    """Return the JSON of what receipts of many entries have in common: the upper part of the path, the checkpoint."""
    lines = [b"\\n" + b2a_base64(value, newline=False) for value in above]
    return b"".join((*lines, b"\\n\\n", _encode(checkpoint)[1:]))


def proofs(growth: Growth, indexes: Iterable[int], checkpoint: str) -> Iterator[tuple[list[bytes], list[bytes], bytes]]:
    """Yield of leaves that a growth appended, in order, both parts of the path, and `rest_json` of the upper one."""
    shared, rest = None, b""
    for index in indexes:
        own, above = growth.parts(index)
        if above is not shared:
            shared, rest = above, rest_json(above, checkpoint)
        yield own, above, rest


_BEGINNING = b'"%b\\nextra ' % HEADER.encode()
_encode = msgspec.json.Encoder().encode
