from __future__ import annotations

import io
import json

import pytest

from compliance.ledger import erasure
from compliance.ledger.export import write_lines, write_parquet
from compliance.ledger.merkle import leaf_hash
from compliance.ledger.note import decode_base64
from tests.ledger.support import record


def filled(ledger):
    for number in range(5):
        subject = "alice" if number else "bob"
        ledger.append(record(number, subject, outcome="deny" if number % 2 else "allow")).result(10)
    return ledger


def test_json_lines_hold_every_entry_whole(sqlite_ledger):
    reader, out = filled(sqlite_ledger).reader, io.StringIO()
    assert write_lines(reader, reader.entries(), out) == 6
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["index"] for row in rows] == list(range(6))
    assert rows[1]["entry"]["public"]["id"] == "d0"
    assert decode_base64(rows[1]["hash"]) == leaf_hash(reader.entry(1).body)
    assert "residence" not in out.getvalue()


def test_personal_parts_are_exported_only_when_asked_for_and_never_once_erased(sqlite_ledger):
    ledger, out = filled(sqlite_ledger), io.StringIO()
    asked = erasure.request(ledger, "bob", "why", "ann")
    erasure.approve(ledger, asked, "ben")
    write_lines(ledger.reader, ledger.reader.entries(1, 3), out, personal=True)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert rows[0]["personal"] is None
    assert rows[1]["personal"]["facts"] == {"subject.residence": "CH", "number": 1}


def test_decisions_are_exported_as_parquet(sqlite_ledger, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")

    reader = filled(sqlite_ledger).reader
    assert write_parquet(reader.entries(), tmp_path / "log.parquet") == 5
    table = pq.read_table(tmp_path / "log.parquet")
    assert table.column("id").to_pylist() == ["d0", "d1", "d2", "d3", "d4"]
    assert table.column("outcome").to_pylist() == ["allow", "deny", "allow", "deny", "allow"]
    assert table.column("index").to_pylist() == [1, 2, 3, 4, 5]
