"""The newest checkpoint outside the database is there after whatever a power cut does to its file."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.ledger import kept
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.note import Signer

SIGNER = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def note(size):
    return str(Checkpoint("example.com/log", size, bytes(32)).signed([SIGNER]))


def test_nothing_was_kept_where_there_is_no_file(tmp_path):
    assert kept.newest(tmp_path / "checkpoint") is None


@pytest.mark.parametrize("durable", [False, True])
def test_what_was_kept_last_is_the_newest(tmp_path, durable):
    kept.keep(tmp_path / "checkpoint", note(1), durable=True)
    kept.keep(tmp_path / "checkpoint", note(2), durable=durable)
    assert kept.newest(tmp_path / "checkpoint") == note(2)


@pytest.mark.parametrize("torn", [b"", b"\x00" * 150, note(2).encode()[:60], note(2).encode()[:-30], b"\xff"])
def test_a_torn_file_gives_way_to_the_last_that_was_synced(tmp_path, torn):
    path = tmp_path / "checkpoint"
    kept.keep(path, note(1), durable=True)
    kept.keep(path, note(2), durable=False)
    path.write_bytes(torn)
    assert kept.newest(path) == note(1)


def test_a_file_that_is_gone_gives_way_to_the_last_that_was_synced(tmp_path):
    kept.keep(tmp_path / "checkpoint", note(1), durable=True)
    (tmp_path / "checkpoint").unlink()
    assert kept.newest(tmp_path / "checkpoint") == note(1)


def test_where_nothing_is_whole_the_torn_file_is_returned_and_not_taken_for_none(tmp_path):
    (tmp_path / "checkpoint").write_text("")
    assert kept.newest(tmp_path / "checkpoint") == ""
