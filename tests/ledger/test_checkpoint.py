from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.ledger.checkpoint import Checkpoint, verified
from compliance.ledger.note import Note, NoteError, SignatureType, Signer, decode_base64

# The example of C2SP tlog-checkpoint, with the cosignature that C2SP tlog-cosignature adds to it.
SPEC = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurm"
    "RDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeo"
    "lMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)

LOG = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = Signer("w.example", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32), SignatureType.COSIGNATURE_V1)
CHECKPOINT = Checkpoint("example.com/log", 7, bytes(range(32)))


def test_the_published_checkpoint_is_read_and_written_byte_for_byte():
    note = Note.of_text(SPEC)
    checkpoint = Checkpoint.of_text(note.text)
    root = decode_base64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert checkpoint == Checkpoint("example.com/behind-the-sofa", 20852163, root)
    assert checkpoint.text() == note.text
    assert str(note) == SPEC


def test_a_signed_checkpoint_verifies_under_the_logs_key_only():
    note = str(CHECKPOINT.signed([LOG]))
    assert verified(note, LOG.verifier).checkpoint == CHECKPOINT
    with pytest.raises(NoteError):
        verified(note, Signer("example.com/log", WITNESS.private).verifier)


def test_witnesses_and_their_times_are_reported():
    signed = CHECKPOINT.signed([LOG])
    cosigned = Note(signed.text, (*signed.signatures, WITNESS.sign(signed.text, seconds=1_700_000_000)))
    assert verified(str(cosigned), LOG.verifier).witnesses == ()
    assert verified(str(cosigned), LOG.verifier, [WITNESS.verifier]).witnesses == (("w.example", 1_700_000_000),)


def test_a_witness_alone_does_not_make_a_checkpoint():
    note = Note(CHECKPOINT.text(), (WITNESS.sign(CHECKPOINT.text(), seconds=1),))
    with pytest.raises(NoteError, match="the log has not signed"):
        verified(str(note), LOG.verifier, [WITNESS.verifier])


def test_a_checkpoint_of_another_origin_is_not_the_logs_even_under_its_key():
    other = Checkpoint("example.com/other", 7, CHECKPOINT.root).signed([LOG])
    with pytest.raises(NoteError, match="the log has not signed"):
        verified(str(other), LOG.verifier)


def test_extension_lines_are_kept():
    extended = Checkpoint("example.com/log", 7, CHECKPOINT.root, ("one", "two"))
    assert verified(str(extended.signed([LOG])), LOG.verifier).checkpoint == extended


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\n" + "A" * 43 + "=\n",
        "o\n-1\n" + "A" * 43 + "=\n",
        "o\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
        "o\n1\n" + "A" * 43 + "=",
        "o\n1\n" + "A" * 43 + "=\n\n",
    ],
)
def test_malformed_text_is_no_checkpoint(text):
    with pytest.raises(NoteError):
        Checkpoint.of_text(text)
