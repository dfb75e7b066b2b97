import asyncio

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance.gate.sitting import Asked
from compliance.gate.witnessing import Witnessing
from compliance.ledger.note import Signer
from compliance.ledger.witness import Witness
from tests.gate.ledgers import logbook
from tests.gate.support import gate, retail


def silent(address, body):
    raise OSError("no route")


def test_a_witness_that_does_not_answer_is_asked_again_and_holds_up_nobody(tmp_path, caplog):
    key = Signer("witness.example", Ed25519PrivateKey.generate()).verifier
    with logbook(tmp_path) as kept:
        witnessing = Witnessing(kept.ledger, Witness("http://127.0.0.1:1", key, send=silent))
        assert witnessing.submit() is False
        assert witnessing.submit() is False
        asyncio.run(gate(recorder=kept).give([Asked(retail())]))
        assert [record.message for record in caplog.records] == [
            "the witness does not cosign: the witness does not answer"
        ]


def test_it_starts_and_stops(tmp_path):
    key = Signer("witness.example", Ed25519PrivateKey.generate()).verifier
    asked = []

    def send(address, body):
        asked.append(address)
        raise OSError("no route")

    with logbook(tmp_path) as kept:
        witnessing = Witnessing(kept.ledger, Witness("http://127.0.0.1:1", key, send=send), every=0.01)
        witnessing.start()
        while not asked:
            pass
        witnessing.stop()
    assert asked[0] == "http://127.0.0.1:1/add-checkpoint"
