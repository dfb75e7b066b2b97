"""The script that shows outsiders that a log only grew, on checkpoints and proofs of a real log."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from compliance.ledger import merkle, rotation
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.keyring import keys_document
from compliance.ledger.ledger import Ledger
from compliance.ledger.note import Note, encode_base64
from tests.ledger.support import record, settings
from tests.ledger.test_merkle import HASHES, LEAVES, NODE, ROOTS
from tests.ledger.test_outsiders import DOCS

SCRIPT = DOCS / "verify_consistency.py"


def load():
    sys.path.insert(0, str(DOCS))
    try:
        spec = importlib.util.spec_from_file_location("verify_consistency", SCRIPT)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(DOCS))


PROVE = load().prove


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """Checkpoints of a log at several sizes, between which it changed its key, its keys, and a reader of proofs."""
    made = settings(tmp_path_factory.mktemp("log"))
    notes, keys = [], []
    for start in (0, 10, 20):
        if start:
            rotation.rotate(made, "every year", ("ann", "bob"))
        ledger = Ledger.open(made)
        for number in range(start, start + 7):
            ledger.append(record(number)).result(10)
        notes.append(ledger.checkpoint)
        keys.append(ledger.verifier.vkey())
        document = keys_document(ledger.reader.keys())
        if start < 20:
            ledger.close()
    yield notes, keys, document, ledger.reader.consistency
    ledger.close()


def size_of(note):
    return Checkpoint.of_text(Note.of_text(note).text).size


def said(folder, old, new, proof, key, *options, brought=True):
    """What the script says of two checkpoints and a proof."""
    answer = {"consistency": [encode_base64(value) for value in proof], "checkpoint": new if brought else None}
    (folder / "proof").write_text(json.dumps(answer))
    (folder / "old").write_text(old, newline="")
    (folder / "new").write_text(new, newline="")
    command = [sys.executable, str(SCRIPT), str(folder / "old"), str(folder / "proof"), key, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return (done.stdout or done.stderr).splitlines()[0]


def test_the_script_says_that_a_log_only_grew_across_changes_of_its_key(tmp_path, grown):
    (first, _, third), keys, document, consistency = grown
    (tmp_path / "keys").write_text(json.dumps(document))
    old, new = size_of(first), size_of(third)
    valid = f"valid: the first {old} of the {new} entries of example.com/log are those that were signed before"
    for key in keys:
        assert said(tmp_path, first, third, consistency(old, new), key, "--keys", str(tmp_path / "keys")) == valid
    assert "has not signed" in said(tmp_path, first, third, consistency(old, new), keys[0])


def test_two_checkpoints_of_ones_own_are_compared(tmp_path, grown):
    (first, second, _), keys, document, consistency = grown
    (tmp_path / "keys").write_text(json.dumps(document))
    proof = consistency(size_of(first), size_of(second))
    options = ("--keys", str(tmp_path / "keys"))
    assert "brings no checkpoint" in said(tmp_path, first, second, proof, keys[0], *options, brought=False)
    options += ("--new", str(tmp_path / "new"))
    assert said(tmp_path, first, second, proof, keys[0], *options, brought=False).startswith("valid: ")


def test_another_tree_another_proof_and_another_order_are_refused(tmp_path, grown):
    (first, second, _), keys, document, consistency = grown
    (tmp_path / "keys").write_text(json.dumps(document))
    options = (keys[0], "--keys", str(tmp_path / "keys"))
    proof = consistency(size_of(first), size_of(second))
    assert "not shown to continue" in said(tmp_path, first, second, [*proof[:-1], bytes(32)], *options)
    assert "too long" in said(tmp_path, first, second, [*proof, bytes(32)], *options)
    assert "cannot continue" in said(tmp_path, second, first, proof, *options)
    assert said(tmp_path, first, first, [], *options).startswith("valid: ")
    assert "malformed" in said(tmp_path, "a checkpoint?", first, [], *options)


def test_the_script_takes_the_published_proof_of_rfc_6962s_reference_tree():
    proof = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    PROVE(6, 8, bytes.fromhex(ROOTS[6]), bytes.fromhex(ROOTS[8]), [bytes.fromhex(value) for value in proof])
    assert len(LEAVES) == 8


@pytest.mark.parametrize("new", range(1, 9))
def test_the_script_takes_every_proof_of_the_reference_tree_and_none_to_another_root(new):
    for old in range(1, new + 1):
        proof = merkle.consistency_path(old, new, NODE)
        roots = [bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new])]
        PROVE(old, new, *roots, proof)
        for wrong in ([HASHES[0][::-1], roots[1]], [roots[0], HASHES[0][::-1]]):
            with pytest.raises(ValueError, match=r"continue|were signed"):
                PROVE(old, new, *wrong, proof)


@trying(max_examples=200, deadline=None)
@given(st.integers(1, 300), st.data())
def test_the_script_and_the_package_take_the_same_proofs(new, data):
    old = data.draw(st.integers(1, new))
    leaves = [merkle.leaf_hash(number.to_bytes(2, "big")) for number in range(new)]
    node = merkle.reader_of(leaves)
    roots, proof = (merkle.root(old, node), merkle.root(new, node)), merkle.consistency_path(old, new, node)
    PROVE(old, new, *roots, proof)
    place = data.draw(st.integers(0, len(proof)))
    change = data.draw(st.sampled_from(["drop", "add", "swap"]))
    if change == "add" or place == len(proof):
        proof.insert(place, leaves[0][::-1])
    elif change == "drop":
        proof.pop(place)
    else:
        proof[place] = leaves[0][::-1]
    with pytest.raises(ValueError, match=r"the proof of|is not shown|were signed"):
        PROVE(old, new, *roots, proof)
    with pytest.raises(merkle.ProofError):
        merkle.verify_consistency(old, new, proof, *roots)


def test_the_script_is_short_and_uses_nothing_of_ours():
    source = SCRIPT.read_text()
    assert len(source.splitlines()) <= 120
    assert "compliance" not in source
