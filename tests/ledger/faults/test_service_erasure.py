"""After an erasure, nothing of the person is found as bytes: in no file of the ledger, no log line, no metric."""

from __future__ import annotations

import re
import shutil
import sqlite3

import httpx
import psycopg
import pytest

from compliance.ledger.proof import Receipt
from tests.gate.support import ROOT, retail
from tests.ledger.faults.node import Node
from tests.ledger.faults.test_service_kill import opened

PERSON = "zq7-vexil-ofarrell"
POSTAL = "ZQ7 4VX"
WALLET = "9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin"
FRIEND = "kq3-wimbolt-asare"
KEY = "order-of-zq7-vexil"
NEEDLES = [text.encode() for text in (PERSON, POSTAL, WALLET, KEY, "vexil")]


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory):
    """The shipped rulebook in the hands of a house that need not retain records: an erasure is possible at once."""
    folder = tmp_path_factory.mktemp("rulebook")
    for name in ("rules", "jurisdictions"):
        shutil.copytree(ROOT / name, folder / name)
    house = folder / "rules" / "house.yaml"
    parts = re.split(r"^(?=- )", house.read_text(), flags=re.MULTILINE)
    assert any("parameter: record-retention" in part for part in parts)
    house.write_text("".join(part for part in parts if "parameter: record-retention" not in part))
    return folder


def person(action="buy"):
    made = retail(action, postal_code=POSTAL)
    made["subject"]["id"] = PERSON
    return made


def transfer():
    made = person("transfer")
    made["action"]["properties"] = {"recipient": {"type": "natural-person", "id": FRIEND}}
    return made


def asked_about(node):
    """Ask everything of a service that may name a person; returns the answers that are on record."""
    answers = [node.decide(KEY, person()), node.decide(None, transfer())]
    authzen = person()
    authzen["subject"]["properties"]["nickname"] = "vexil"
    assert node.post("/access/v1/evaluation", authzen).status_code == 200
    assert node.post("/v1/decisions", authzen).status_code == 400  # strict, and it quotes the name
    wrong = person()
    wrong["subject"]["properties"]["postal_code"] = [POSTAL]
    assert node.post("/v1/decisions", wrong).status_code == 400
    assert httpx.post(node.address + "/v1/decisions", content=f'{{"{PERSON}": '.encode()).status_code == 400
    assert node.get(f"/v1/{PERSON}").status_code == 404
    assert node.decide(KEY, transfer()).status_code == 409
    found = node.post("/v1/decisions/search", {"subject": PERSON})
    assert len(found.json()["decisions"]) == 3
    for answer in answers:
        assert answer.status_code == 200, answer.text
    return [answer.json() for answer in answers]


def erased(node):
    asked = httpx.request(
        "DELETE", f"{node.address}/v1/subjects/{PERSON}", json={"by": "ann", "reason": "asked for"}, timeout=240
    )
    assert asked.status_code == 202, asked.text
    done = node.post(f"/v1/erasures/{asked.json()['erasure']}/approval", {"by": "bob"})
    assert done.status_code == 200, done.text


def found_in(folder, needles, leave_out=()):
    """Return which of the needles are in which file; what is deleted meanwhile is in none."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and path.parent.name not in leave_out:
            content = path.read_bytes()
            found += [(path.name, needle) for needle in needles if needle in content]
    return found


def wrapped_keys(connection, table):
    return [bytes(row[0]) for row in connection.execute(f"SELECT wrapped FROM {table} ORDER BY wrapped")]  # noqa: S608


def check_after(node, answers):
    """The records are still there, provable and unreadable."""
    for answer in answers:
        address = f"/v1/decisions/{answer['id']}"
        assert node.get(address).json()["outcome"] == answer["outcome"]
        assert node.get(f"{address}/explanation").status_code == 410
        assert node.get(f"{address}/receipt").status_code == 200
    assert not [needle for needle in NEEDLES if needle in node.get("/metrics").content]
    assert node.decide(KEY, person()).status_code == 410  # answered before, and erased since


def test_an_erased_person_is_in_no_file_and_no_line_of_output(tmp_path, rulebook):
    node = Node(tmp_path / "ledger", rulebook=rulebook).start()
    store = node.folder / "subject-keys.db"
    answers = asked_about(node)
    assert PERSON in node.get(f"/v1/decisions/{answers[0]['id']}/explanation").text
    before = wrapped_keys(sqlite3.connect(store), "subject_key")
    erased(node)
    gone = sorted(set(before) - set(wrapped_keys(sqlite3.connect(store), "subject_key")))
    assert len(gone) == 1
    needles = [*NEEDLES, gone[0][:20], gone[0][-20:]]
    assert found_in(node.folder, needles) == []  # database, its write-ahead log and index, key store, checkpoint
    check_after(node, answers)
    node.kill()
    assert found_in(tmp_path, needles) == []  # and what a crash leaves, and the output
    assert "answering by" in node.said()
    node.start()
    check_after(node, answers)
    node.stop()
    assert found_in(tmp_path, needles) == []
    ledger = opened(node)
    report = ledger.verify()
    assert (report.problems, [log.erased for log in report.logs]) == ([], [3])
    for answer in answers:
        Receipt.of_text(answer["receipt"]).verify(ledger.verifier)
    ledger.close()


@pytest.mark.postgres
def test_an_erased_person_is_in_no_file_of_postgresql(tmp_path, postgresql, rulebook):
    node = Node(tmp_path / "ledger", postgresql.new_database(), rulebook=rulebook).start()
    answers = asked_about(node)
    with psycopg.connect(node.database, autocommit=True) as connection:
        before = wrapped_keys(connection, "compliance_keys.subject_key")
        erased(node)
        gone = sorted(set(before) - set(wrapped_keys(connection, "compliance_keys.subject_key")))
        connection.execute("CHECKPOINT")
    check_after(node, answers)
    node.stop()
    data = postgresql.folder / "data"
    assert found_in(data, NEEDLES) == []  # its write-ahead log, too
    assert found_in(tmp_path, NEEDLES) == []
    assert found_in(postgresql.folder, NEEDLES) == []
    # The wrapped key is in no table; the write-ahead log has it until it is recycled.
    assert found_in(data, [gone[0][:20], gone[0][-20:]], leave_out=["pg_wal"]) == []
