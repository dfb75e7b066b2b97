"""What is packed comes back whole, with the dictionary that it names and with no other."""

from __future__ import annotations

import random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger.errors import NotRecordedError, TamperedError
from compliance.ledger.packing import NAME_BYTES, Packing, learned, name_of
from tests.ledger.support import samples

DICTIONARY = learned(samples())
OTHER = learned(samples(seed=2))


def none(_):
    raise NotRecordedError("no such dictionary")


def packing(*dictionaries):
    known = {name_of(dictionary): dictionary for dictionary in dictionaries}

    def find(name):
        return known[name] if name in known else none(name)

    made = Packing(find)
    made.use(dictionaries[0])
    return made


def test_what_a_rulebook_says_again_and_again_takes_a_seventh_of_the_bytes():
    frames = samples(seed=3)
    packed = packing(DICTIONARY).pack(frames)
    assert sum(map(len, packed)) * 7 < sum(map(len, frames))


@given(st.lists(st.binary(max_size=2000)))
def test_whatever_is_packed_comes_back_in_order(frames):
    made = packing(DICTIONARY)
    assert [made.unpack(packed) for packed in made.pack(frames)] == frames


def test_packed_bytes_are_the_name_of_the_dictionary_and_a_frame_that_others_can_read():
    packed = packing(DICTIONARY).pack([b"the order of a resident of Mexico"])[0]
    assert packed[:NAME_BYTES] == name_of(DICTIONARY)
    reader = zstandard.ZstdDecompressor(dict_data=zstandard.ZstdCompressionDict(DICTIONARY))
    assert reader.decompress(packed[NAME_BYTES:]) == b"the order of a resident of Mexico"


def test_what_was_packed_with_an_earlier_dictionary_is_still_read():
    before = packing(DICTIONARY).pack([b"a resident"])[0]
    now = packing(OTHER, DICTIONARY)
    assert now.unpack(before) == b"a resident"
    assert now.pack([b"a resident"])[0][:NAME_BYTES] == name_of(OTHER)


def test_without_a_dictionary_nothing_is_packed():
    assert Packing(none).pack([b"a", b"b"]) == [None, None]


def test_too_few_samples_teach_nothing():
    assert learned([]) is None
    assert learned([b"short"] * 3) is None


@pytest.mark.parametrize("rest", [b"", b"x", b"(\xb5/\xfd\x00", b"no frame at all"])
def test_bytes_that_are_no_frame_are_refused(rest):
    with pytest.raises(TamperedError):
        packing(DICTIONARY).unpack(name_of(DICTIONARY) + rest)


def test_a_dictionary_that_is_gone_or_was_changed_is_said_and_nothing_is_made_up():
    packed = packing(DICTIONARY).pack([b"a resident of Mexico"])[0]
    with pytest.raises(TamperedError, match="not stored"):
        Packing(none).unpack(packed)
    changed = bytearray(DICTIONARY)
    changed[random.Random(1).randrange(len(changed))] ^= 1
    with pytest.raises(TamperedError, match="not the one"):
        Packing(lambda _: bytes(changed)).unpack(packed)


def test_a_frame_that_says_that_it_is_endless_is_refused_before_memory_is_taken():
    endless = zstandard.ZstdCompressor(write_content_size=True).compress(b"")
    header = endless[:4] + bytes([0xE0]) + (2**40).to_bytes(8, "little")
    with pytest.raises(TamperedError):
        packing(DICTIONARY).unpack(name_of(DICTIONARY) + header + b"\x01\x00\x00")
