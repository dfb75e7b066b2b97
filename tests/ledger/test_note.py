from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger.note import (
    Note,
    NoteError,
    Signature,
    SignatureType,
    Signer,
    Verifier,
    decode_base64,
    sign,
)

# The example of Go's golang.org/x/mod/sumdb/note, the format's first implementation.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = decode_base64("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6R"
    "yyBwJnAM=\n"
)
# The example of C2SP signed-note.
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6"
    "TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
COSIGNER_KEY = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"

SIGNER = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
WITNESS = Signer(
    "witness.example", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01"), SignatureType.COSIGNATURE_V1
)


def test_the_reference_note_comes_out_byte_for_byte():
    signer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED))
    assert signer.verifier.vkey() == GO_KEY
    assert str(sign(GO_TEXT, [signer])) == GO_NOTE


@pytest.mark.parametrize(("key", "note"), [(GO_KEY, GO_NOTE), (SPEC_KEY, SPEC_NOTE)])
def test_the_published_notes_verify(key, note):
    verifier = Verifier.of_vkey(key)
    assert Note.of_text(note).verified_by([verifier]) == [(verifier, None)]
    assert verifier.vkey() == key


def test_a_published_cosigner_key_is_read():
    verifier = Verifier.of_vkey(COSIGNER_KEY)
    assert verifier.kind is SignatureType.COSIGNATURE_V1
    assert verifier.vkey() == COSIGNER_KEY


def test_the_time_of_a_published_cosignature_is_its_first_eight_bytes():
    # From transparency-dev/formats, note_cosigv1_test.go: made at 1727964367.
    made = "ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA=="
    assert int.from_bytes(Signature.of_line(f"— x {made}").value[:8], "big") == 1727964367


def test_a_cosignature_states_its_time_and_cannot_be_moved_to_another():
    text = "example.com/log\n1\nAAAA\n"
    signature = WITNESS.sign(text, seconds=1679315147)
    assert Note(text, (signature,)).verified_by([WITNESS.verifier]) == [(WITNESS.verifier, 1679315147)]
    moved = Signature(signature.name, signature.key_id, bytes(8) + signature.value[8:])
    with pytest.raises(NoteError):
        Note(text, (moved,)).verified_by([WITNESS.verifier])


def test_a_note_that_only_strangers_signed_is_refused():
    note = sign("hello\n", [SIGNER])
    with pytest.raises(NoteError, match="no known key"):
        note.verified_by([WITNESS.verifier])


def test_a_strangers_signature_beside_a_known_one_is_ignored():
    note = sign("hello\n", [SIGNER, WITNESS])
    assert note.verified_by([SIGNER.verifier]) == [(SIGNER.verifier, None)]


@given(st.integers(0, len(GO_NOTE) - 1), st.characters(codec="ascii"))
def test_no_character_of_a_note_can_change(position, character):
    changed = GO_NOTE[:position] + character + GO_NOTE[position + 1 :]
    if changed != GO_NOTE:
        with pytest.raises(NoteError):
            Note.of_text(changed).verified_by([Verifier.of_vkey(GO_KEY)])


@pytest.mark.parametrize(
    "bad",
    [
        "hello",
        "hello\n",
        "hello\n\n",
        "hello\n\n— name \n",
        "hello\n\n- name AAAAAAA=\n",
        "hello\n\n— na+me AAAAAAA=\n",
        "hello\n\n— name AAAAAA==\n",
        "hello\n\n— name AAAAAAA=",
        "hel\tlo\n\n— name AAAAAAA=\n",
        "hello\n\n" + "— name AAAAAAA=\n" * 65,
    ],
)
def test_a_malformed_note_is_refused(bad):
    with pytest.raises(NoteError):
        Note.of_text(bad)


@pytest.mark.parametrize("text", ["", "no newline", "bell\x07\n"])
def test_what_cannot_be_the_text_of_a_note_is_not_signed(text):
    with pytest.raises(NoteError):
        sign(text, [SIGNER])


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "name",
        "name+c74f20a3",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("PeterNeumann", "PaterNeumann"),
        GO_KEY[:-1] + "X",
        "rekor.sigstore.dev+12345678+AwEB",
    ],
)
def test_a_malformed_key_is_refused(bad):
    with pytest.raises(NoteError):
        Verifier.of_vkey(bad)


@pytest.mark.parametrize("text", ["AB==", "AA=", "A A=", "AA==\n", "é==="])
def test_base64_in_any_but_its_one_spelling_is_refused(text):
    with pytest.raises(NoteError):
        decode_base64(text)
