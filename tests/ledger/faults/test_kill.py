"""kill -9 at random instants under load: every answered decision is in the log, which has no gap and verifies."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.ledger import Ledger
from tests.ledger.support import record, settings

ROOT = Path(__file__).parents[3]


def killed_after(seconds, folder, url, first):
    """Run the worker and kill it; returns what it had answered, as number -> index."""
    command = [sys.executable, str(Path(__file__).with_name("worker.py")), str(folder), url, str(first)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    time.sleep(seconds)
    process.kill()
    lines = process.stdout.read().decode().splitlines()
    process.wait()
    pairs = (line.split() for line in lines if line.count(" ") == 1 and line.split()[1:])
    return {int(number): int(index) for number, index in pairs}


def rounds(count, folder, url):
    generator, first = random.Random(count), 0
    answered: dict[int, int] = {}
    for _ in range(count):
        new = killed_after(generator.uniform(0.0, 0.25), folder, url, first)
        answered |= new
        first = max([first, *new]) + 1000
    ledger = Ledger.open(settings(folder, url))
    entries = {entry.index: entry for entry in ledger.reader.entries()}
    assert sorted(entries) == list(range(len(entries)))
    ids = [entry.public["id"] for entry in entries.values() if entry.kind == "decision"]
    assert len(ids) == len(set(ids))
    for number, index in answered.items():
        assert entries[index].public["id"] == f"d{number}"
    report = ledger.verify()
    assert report.problems == []
    for number in list(answered)[-20:]:
        again = ledger.append(record(number, f"s{number % 50}"), IdempotencyKey("worker", str(number))).result(10)
        assert (again.replayed, again.index) == (True, answered[number])
    ledger.close()
    print(f"{count} kills, {len(answered)} answered, {len(ids)} recorded, 0 lost")
    assert answered


def test_twenty_kills_lose_nothing(tmp_path):
    rounds(20, tmp_path, f"sqlite:///{tmp_path}/log.db")


@pytest.mark.postgres
def test_five_kills_lose_nothing_on_postgresql(tmp_path, postgresql):
    rounds(5, tmp_path, postgresql.new_database())


@pytest.mark.soak
def test_a_hundred_kills_lose_nothing(tmp_path, url):
    rounds(100, tmp_path, url)
