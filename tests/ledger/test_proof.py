from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.ledger import merkle
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.merkle import ProofError
from compliance.ledger.note import NoteError, Signer
from compliance.ledger.proof import Receipt, proofs, receipt_json, rest_json
from compliance.ledger.tree import Edge

LOG = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ENTRIES = [f'{{"number":{number}}}'.encode() for number in range(11)]
NODE = merkle.reader_of([merkle.leaf_hash(entry) for entry in ENTRIES])


def receipt(index, size=11):
    checkpoint = Checkpoint("example.com/log", size, merkle.root(size, NODE))
    path = tuple(merkle.inclusion_path(index, size, NODE))
    return Receipt(ENTRIES[index], index, path, str(checkpoint.signed([LOG])))


TEXT = str(receipt(6))


def test_a_receipt_has_the_lines_of_the_specification():
    lines = TEXT.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 6"
    assert all(len(line) == 44 for line in lines[3:7])
    assert lines[7:10] == ["", "example.com/log", "11"]
    assert lines[-2].startswith("— example.com/log ")
    assert TEXT.endswith("\n")


@pytest.mark.parametrize("size", range(1, 12))
def test_every_entry_has_a_receipt_that_verifies_and_reads_back(size):
    for index in range(size):
        made = receipt(index, size)
        assert Receipt.of_text(str(made)) == made
        assert made.verify(LOG.verifier).checkpoint.size == size


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.characters(codec="utf-8"))
def test_a_receipt_fails_after_any_one_character_is_changed(position, character):
    changed = TEXT[:position] + character + TEXT[position + 1 :]
    if changed != TEXT:
        with pytest.raises((NoteError, ProofError)):
            Receipt.of_text(changed).verify(LOG.verifier)


def test_a_receipt_under_another_key_is_refused():
    other = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
    with pytest.raises(NoteError):
        receipt(3).verify(other.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n\n",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 6", "index 06"),
        TEXT.replace("extra ", "other "),
        TEXT.replace("index ", "place "),
    ],
)
def test_a_malformed_receipt_is_refused(text):
    with pytest.raises(NoteError):
        Receipt.of_text(text).verify(LOG.verifier)


@pytest.mark.parametrize("index", range(11))
def test_a_receipt_made_as_json_is_the_same_text(index):
    made = receipt(index)
    for split in range(len(made.path) + 1):
        rest = rest_json(made.path[split:], made.checkpoint)
        assert json.loads(receipt_json(made.entry, made.index, made.path[:split], rest)) == str(made)


def test_the_proofs_of_a_group_are_those_of_each_of_its_leaves():
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(150)]
    growth = Edge(0, ()).grow(leaves[:100]).after.grow(leaves[100:])
    for index, (own, above, rest) in enumerate(proofs(growth, range(100, 150), "a checkpoint\n"), 100):
        assert own + above == growth.path(index)
        assert rest == rest_json(above, "a checkpoint\n")
