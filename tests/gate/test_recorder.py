import asyncio
import json

import pytest

from compliance.gate.gate import Given
from compliance.gate.recorder import NoRecorder, Receipted
from compliance.gate.sitting import Asked
from compliance.ledger.errors import LedgerUnavailableError
from tests.gate.support import gate, retail


class Paper:
    """A recorder that keeps what it is given, and gives numbers as receipts."""

    records = True

    def __init__(self):
        self.kept = []

    trouble = None

    async def unready(self):
        return None

    async def record(self, records):
        self.kept += records
        return [Receipted(record.response, b'"receipt %d"' % index) for index, record in enumerate(records)]


class Broken:
    """A recorder whose disk is full."""

    records = True

    trouble = None

    async def unready(self):
        return None

    async def record(self, _):
        raise OSError("no space left")


def test_without_a_recorder_no_answer_has_a_receipt():
    assert asyncio.run(gate().answer(retail())).receipt is None
    assert NoRecorder.records is False


def test_an_answer_carries_the_receipt_of_its_record():
    paper = Paper()
    answer = asyncio.run(gate(recorder=paper).answer(retail()))
    assert answer.receipt == "receipt 0"
    assert [kept.answer.id for kept in paper.kept] == [answer.id]


def test_a_batch_is_recorded_together_and_what_cannot_be_read_is_not():
    paper = Paper()
    asked = [Asked(body) for body in (retail(), {}, retail("sell"))]
    found = asyncio.run(gate(recorder=paper).give(asked))
    given = [json.loads(each.response)["receipt"] if isinstance(each, Given) else None for each in found]
    assert given == ["receipt 0", None, "receipt 1"]


def test_an_answer_that_cannot_be_recorded_is_not_given():
    with pytest.raises(LedgerUnavailableError):
        asyncio.run(gate(recorder=Broken()).answer(retail()))
