"""kill -9 of `compliance serve` under load from several connections: whoever was answered can prove it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter

import pytest

from compliance.ledger.checkpoint import verified
from compliance.ledger.ledger import Ledger
from compliance.ledger.merkle import leaf_hash
from compliance.ledger.note import Verifier
from compliance.ledger.proof import Receipt
from compliance.ledger.settings import LedgerSettings
from tests.ledger.faults.node import ORIGIN, Load, Node, asked_again
from tests.ledger.test_rotation import outsider


def opened(node):
    """Open the ledger of a node that does not run."""
    return Ledger.open(LedgerSettings(node.database or f"sqlite:///{node.folder}/ledger.db", node.folder, ORIGIN))


def check(node, answered, document=None):
    """Return how many decisions are on record, after checking the log and every answer against it."""
    ledger = opened(node)
    try:
        entries = {entry.index: entry for entry in ledger.reader.entries()}
        decisions = [entry.public["id"] for entry in entries.values() if entry.kind == "decision"]
        assert sorted(entries) == list(range(len(entries)))
        assert max(Counter(decisions).values()) == 1
        assert ledger.verify().problems == []
        size = verified(ledger.checkpoint, ledger.verifier).checkpoint.size
        assert size == len(entries)
        for said in answered.values():
            answer = json.loads(said)
            receipt = Receipt.of_text(answer["receipt"])
            keys = [Verifier.of_vkey(key["vkey"]) for key in document["keys"]] if document else [ledger.verifier]
            receipt.verify(keys)
            assert json.loads(receipt.entry)["public"]["id"] == answer["id"]
            assert leaf_hash(entries[receipt.index].body) == leaf_hash(receipt.entry)
        return decisions
    finally:
        ledger.close()


def rounds(count, folder, database=None):
    generator = random.Random(count)
    node = Node(folder, database)
    answered, sent = {}, set()
    for number in range(count):
        node.start()
        # What the last round was told, it is told again; what it was not told, it may ask for again.
        for key in list(answered)[-5:]:
            assert asked_again(node.port, key) == (200, answered[key])
        for key in sorted(sent - answered.keys())[-5:]:
            status, answered[key] = asked_again(node.port, key)
            assert status == 200
        with Load(node.port, f"round{number}") as load:
            time.sleep(generator.uniform(0.0, 0.4))
            node.kill()
        assert not load.refused
        answered |= load.answered
        sent |= set(load.sent)
    decisions = check(node, answered)
    ids = [json.loads(said)["id"] for said in answered.values()]
    assert len(ids) == len(set(ids))
    assert set(ids) <= set(decisions)
    # Each request is on record at most once, whether it was answered or not.
    assert len(answered) <= len(decisions) <= len(sent)
    node.start()
    for key in generator.sample(sorted(answered), min(50, len(answered))):
        assert asked_again(node.port, key) == (200, answered[key])
    assert node.stop() in {0, -15}
    print(f"{count} kills, {len(sent)} asked, {len(answered)} answered, {len(decisions)} recorded, 0 lost")
    assert len(answered) > count


def test_twenty_kills_of_the_service_lose_no_answer(tmp_path):
    rounds(20, tmp_path / "ledger")


@pytest.mark.postgres
def test_three_kills_of_the_service_lose_no_answer_on_postgresql(tmp_path, postgresql):
    rounds(3, tmp_path / "ledger", postgresql.new_database())


@pytest.mark.soak
def test_a_hundred_kills_of_the_service_lose_no_answer(tmp_path, url):
    database = None if url.startswith("sqlite") else url
    rounds(100, tmp_path / "ledger", database)


def test_two_services_write_one_log_and_both_answers_can_be_proved(tmp_path, url):
    database = None if url.startswith("sqlite") else url
    nodes = [Node(tmp_path / "ledger", database, output=tmp_path / f"output{n}") for n in range(2)]
    for node in nodes:
        node.spawn()  # at once: both migrate, make keys and start the log
    for node in nodes:
        node.wait_until(lambda node=node: node.ready() == 200)
    with Load(nodes[0].port, "one", 4) as one, Load(nodes[1].port, "two", 4) as two:
        time.sleep(2)
    assert not one.refused
    assert not two.refused
    for key, said in [*list(one.answered.items())[-20:], *list(two.answered.items())[-20:]]:
        for node in nodes:  # the same key gives the same bytes, whichever node is asked
            assert asked_again(node.port, key) == (200, said)
    for node in nodes:
        assert node.stop() in {0, -15}
    answered = one.answered | two.answered
    assert len(check(nodes[0], answered)) == len(answered)
    assert min(len(one.answered), len(two.answered)) > 20


def test_a_key_is_changed_under_load_and_every_receipt_can_be_proved(tmp_path, url):
    """Two services share a folder; neither refuses anybody while the key changes under them."""
    database = None if url.startswith("sqlite") else url
    nodes = [Node(tmp_path / "ledger", database, output=tmp_path / f"output{n}").start() for n in range(2)]
    trusted = nodes[0].get("/ledger/key").text.strip()
    words = ["--ledger", str(nodes[0].folder), "--origin", ORIGIN, "--by", "ann", "--and", "bob", "--reason", "yearly"]
    words += [] if database is None else ["--database", database]
    command = [sys.executable, "-m", "compliance", "ledger", "rotate-key", *words]
    with Load(nodes[0].port, "one", 2) as one, Load(nodes[1].port, "two", 2) as two:
        time.sleep(0.5)
        done = subprocess.run(command, env=nodes[0].environment, capture_output=True, text=True, check=False)
        time.sleep(0.5)
    assert done.returncode == 0, done.stderr
    answered = one.answered | two.answered
    assert not one.refused | two.refused
    document = nodes[0].get("/v1/ledger/key").json()
    for said in list(answered.values())[::10]:
        receipt = json.loads(said)["receipt"]
        assert outsider(tmp_path, receipt, trusted, document).startswith("valid")
    for key in list(answered)[::20]:
        assert asked_again(nodes[1].port, key) == (200, answered[key])
    for node in nodes:
        assert node.get("/ledger/key").text.strip() == document["keys"][1]["vkey"] != trusted
        node.stop()
    check(nodes[0], answered, document)
