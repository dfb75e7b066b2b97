import asyncio

import pytest

from compliance.gate.recorder import NoRecorder
from tests.gate.support import gate, retail


class Paper:
    """A recorder that keeps what it is given, and gives numbers as receipts."""

    records = True

    def __init__(self):
        self.kept = []

    async def record(self, answers):
        self.kept += answers
        return [f"receipt {index}" for index, _ in enumerate(answers)]


class Broken:
    """A recorder whose disk is full."""

    records = True

    async def record(self, _):
        raise OSError("no space left")


def test_without_a_recorder_no_answer_has_a_receipt():
    assert asyncio.run(gate().answer(retail())).receipt is None
    assert NoRecorder.records is False


def test_an_answer_carries_the_receipt_of_its_record():
    paper = Paper()
    answer = asyncio.run(gate(recorder=paper).answer(retail()))
    assert answer.receipt == "receipt 0"
    assert [kept.id for kept in paper.kept] == [answer.id]


def test_a_batch_is_recorded_together_and_what_cannot_be_read_is_not():
    paper = Paper()
    found = asyncio.run(gate(recorder=paper).answer_all([retail(), {}, retail("sell")]))
    assert [getattr(each, "receipt", None) for each in found] == ["receipt 0", None, "receipt 1"]


def test_an_answer_that_cannot_be_recorded_is_not_given():
    with pytest.raises(OSError, match="no space"):
        asyncio.run(gate(recorder=Broken()).answer(retail()))
