import pytest

from compliance.gate.recorder import Receipted
from tests.api.support import Client, faults, retail


class Broken:
    """A recorder that fails in one way or another."""

    records = True

    def __init__(self, error):
        self.error = error

    trouble = None

    async def unready(self):
        return None

    async def record(self, _):
        raise self.error


class Receipts:
    """A recorder that gives receipts."""

    records = True

    trouble = None

    async def unready(self):
        return None

    async def record(self, records):
        return [Receipted(record.response, b'"c2sp.org/tlog-proof@v1"') for record in records]


@pytest.mark.parametrize("path", ["/v1/decisions", "/access/v1/evaluation"])
def test_an_answer_that_cannot_be_recorded_is_a_503_without_a_decision(path):
    response = Client(recorder=Broken(OSError("disk full"))).post(path, json=retail())
    assert faults(response, 503) == []
    assert "allow" not in response.text
    assert "disk" not in response.text


def test_a_recorder_that_breaks_is_a_500_without_a_decision():
    response = Client(recorder=Broken(RuntimeError("key 0xdead"))).post("/v1/decisions", json=retail())
    assert faults(response, 500) == []
    assert "allow" not in response.text
    assert "dead" not in response.text


def test_a_receipt_is_part_of_the_answer():
    client = Client(recorder=Receipts())
    assert client.post("/v1/decisions", json=retail()).json()["receipt"] == "c2sp.org/tlog-proof@v1"
    assert client.get("/readyz").json()["recording"] is True
