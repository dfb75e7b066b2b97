"""Frames of records <-> the fewer bytes that are sealed: Zstandard, with a dictionary of what answers have in common.

An answer with its reasons has some five kilobytes, nearly all of them words of the rulebook. With a dictionary learned
from the answers to the rulebook's own cases a few hundred are left to be encrypted, written, synced and kept for years.

Packed bytes: the first 8 bytes of the SHA-256 of the dictionary, then one frame of Zstandard.
Invariants: a dictionary is durable before anything that is packed with it is; it is learned from cases, which are about
nobody, so that nothing of a person outlives his key.

Source: RFC 8878 (Zstandard), section 5 (dictionaries); docs/decisions/0035-packing.md.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256

import zstandard

from compliance.ledger.errors import NotRecordedError, TamperedError

NAME_BYTES = 8
DICTIONARY_BYTES = 64 * 1024
_LEVEL = 1
_MOST = 16
"""Dictionaries kept ready for reading."""
_LONGEST = 256 * 2**20
"""Bytes that a frame may have: more than any request and answer have."""


def learned(samples: Sequence[bytes]) -> bytes | None:
    """Return a dictionary of what frames like these have in common; None where they are too few to learn from."""
    try:
        return bytes(zstandard.train_dictionary(DICTIONARY_BYTES, list(samples)).as_bytes())
    except zstandard.ZstdError:
        return None


def name_of(dictionary: bytes) -> bytes:
    """Return the 8 bytes by which packed bytes name a dictionary."""
    return sha256(dictionary).digest()[:NAME_BYTES]


class Packing:
    """Packs with one dictionary, and unpacks with whichever is named. Threads may share it, but one at a time packs."""

    def __init__(self, find: Callable[[bytes], bytes]) -> None:
        """Take what finds a dictionary by its name; it raises `NotRecordedError` where there is none."""
        self._find = find
        self._packs: tuple[bytes, zstandard.ZstdCompressor] | None = None
        self._unpacks: OrderedDict[bytes, zstandard.ZstdDecompressor] = OrderedDict()
        self._lock = threading.Lock()

    def use(self, dictionary: bytes) -> None:
        """Pack with this dictionary, which is durable, from now on."""
        held = zstandard.ZstdCompressionDict(dictionary)
        held.precompute_compress(level=_LEVEL)
        # The name before the frame says which dictionary it is, and the commitment tells whether the bytes are right.
        made = zstandard.ZstdCompressor(level=_LEVEL, dict_data=held, write_checksum=False, write_dict_id=False)
        self._packs = name_of(dictionary), made

    def pack(self, frames: Sequence[bytes]) -> Sequence[bytes | None]:
        """Return each frame packed; Nones where there is no dictionary yet, and frames are sealed as they are."""
        if self._packs is None:
            return [None] * len(frames)
        name, compressor = self._packs
        return [name + compressor.compress(frame) for frame in frames]

    def unpack(self, packed: bytes) -> bytes:
        """Return the frame in packed bytes; raises `TamperedError` where there is none."""
        name, rest = packed[:NAME_BYTES], packed[NAME_BYTES:]
        try:
            if not 0 <= zstandard.frame_content_size(rest) <= _LONGEST:
                raise TamperedError("the personal part does not say how long it is")
            with self._lock:
                return self._unpacker(name).decompress(rest)
        except (zstandard.ZstdError, NotRecordedError) as error:
            raise TamperedError("the personal part cannot be unpacked, or its dictionary is not stored") from error

    def _unpacker(self, name: bytes) -> zstandard.ZstdDecompressor:
        found = self._unpacks.get(name)
        if found is None:
            dictionary = self._find(name)
            if name_of(dictionary) != name:
                raise TamperedError("the dictionary of the personal part is not the one that was stored")
            found = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(dictionary))
            self._unpacks[name] = found
            while len(self._unpacks) > _MOST:
                self._unpacks.popitem(last=False)
        return found
