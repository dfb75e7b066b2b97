"""Against a witness that follows C2SP tlog-witness, over HTTP."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.ledger import merkle
from compliance.ledger.checkpoint import verified
from compliance.ledger.note import NoteError, SignatureType, Signer, decode_base64
from compliance.ledger.witness import Witness, WitnessError
from tests.ledger.support import record

KEY = Signer("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x07" * 32), SignatureType.COSIGNATURE_V1)
NOW = 1_800_000_000


class WitnessServer(ThreadingHTTPServer):
    """Remembers the last tree of one log and cosigns what continues it."""

    def __init__(self, log):
        super().__init__(("127.0.0.1", 0), Handler)
        self.log, self.size, self.root = log, 0, merkle.EMPTY_ROOT

    def answer(self, body):
        head, _, note = body.partition("\n\n")
        lines = head.split("\n")
        old, proof = int(lines[0].removeprefix("old ")), [decode_base64(line) for line in lines[1:]]
        try:
            seen = verified(note, self.log)
        except NoteError:
            return 403, ""
        if old != self.size:
            return 409, f"{self.size}\n"
        try:
            stated = seen.checkpoint
            merkle.verify_consistency(old, stated.size, proof, self.root, stated.root)
        except merkle.ProofError:
            return 422, ""
        self.size, self.root = stated.size, stated.root
        return 200, KEY.sign(seen.note.text, seconds=NOW).line()


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.path == "/w/add-checkpoint"
        server = self.server
        assert isinstance(server, WitnessServer)
        status, text = server.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def server(sqlite_ledger):
    running = WitnessServer(sqlite_ledger.verifier)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def witness(server):
    return Witness(f"http://127.0.0.1:{server.server_port}/w", KEY.verifier)


def test_a_witness_follows_the_log_and_its_cosignatures_are_kept(sqlite_ledger, server, witness):
    for number in range(3):
        sqlite_ledger.append(record(number)).result(10)
        note = sqlite_ledger.cosign(witness)
        seen = verified(note, sqlite_ledger.verifier, [KEY.verifier])
        assert seen.witnesses == (("witness.example/w1", NOW),)
        assert server.size == seen.checkpoint.size == number + 2
        assert sqlite_ledger.reader.witnessed_checkpoint() == note


def test_a_receipt_is_given_against_the_witnessed_checkpoint_once_it_covers_the_entry(sqlite_ledger, witness):
    first = sqlite_ledger.append(record(1)).result(10).index
    sqlite_ledger.cosign(witness)
    second = sqlite_ledger.append(record(2)).result(10).index
    known = [KEY.verifier]
    assert len(sqlite_ledger.receipt(first).verify(sqlite_ledger.verifier, known).witnesses) == 1
    assert sqlite_ledger.receipt(second).verify(sqlite_ledger.verifier, known).witnesses == ()
    sqlite_ledger.cosign(witness)
    assert len(sqlite_ledger.receipt(second).verify(sqlite_ledger.verifier, known).witnesses) == 1
    assert sqlite_ledger.verify().problems == []


def test_a_node_that_forgot_what_the_witness_knows_asks_again(sqlite_ledger, server, witness):
    sqlite_ledger.append(record(1)).result(10)
    sqlite_ledger.cosign(witness)
    sqlite_ledger.append(record(2)).result(10)
    sqlite_ledger.cosign(Witness(witness.prefix, KEY.verifier))
    assert server.size == 3


def test_a_witness_that_saw_a_larger_tree_does_not_cosign(sqlite_ledger, server, witness):
    server.size = 10
    with pytest.raises(WitnessError, match="larger tree"):
        sqlite_ledger.cosign(witness)


def test_a_witness_that_saw_another_tree_does_not_cosign(sqlite_ledger, server, witness):
    server.size, server.root = 1, bytes(32)
    with pytest.raises(WitnessError):
        sqlite_ledger.cosign(witness)
    assert sqlite_ledger.reader.witnessed_checkpoint() is None


def test_a_cosignature_by_another_key_is_not_attached(sqlite_ledger, witness):
    other = Signer(KEY.name, Ed25519PrivateKey.from_private_bytes(b"\x08" * 32), KEY.kind)
    with pytest.raises(WitnessError, match="without a signature of its key"):
        sqlite_ledger.cosign(Witness(witness.prefix, other.verifier))


def test_a_witness_that_is_not_there_changes_nothing(sqlite_ledger):
    with pytest.raises(WitnessError, match="does not answer"):
        sqlite_ledger.cosign(Witness("http://127.0.0.1:9", KEY.verifier))
    assert sqlite_ledger.append(record(1)).result(10).index == 1
