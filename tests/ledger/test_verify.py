from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections import Counter
from functools import partial
from itertools import count

import pytest
from hypothesis import given, note, reject
from hypothesis import settings as trying
from hypothesis import strategies as st

from compliance.ledger import erasure
from compliance.ledger.archive import open_archive
from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.forks import new_epoch
from compliance.ledger.ledger import Ledger
from compliance.ledger.merkle import leaf_hash, reader_of, root
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.verify_notes import Given
from tests.ledger.edited import SIZE, WITNESS, copied, edit, places, verified, whole
from tests.ledger.support import record, settings

NOT_COVERED = {
    ("ledger_idempotency", "key"),  # blinded: nothing else knows it
    ("ledger_idempotency", "request"),  # blinded as well
    ("ledger_idempotency", "expires_at"),  # not in the log; only that it is later is checked
    ("ledger_idempotency", "leaf_index"),  # that it points to a decision is checked, not to which
    ("ledger_idempotency", "size"),  # any tree that has the entry gives a valid receipt
    ("ledger_checkpoint", "note"),  # its cosignature shows only with the witness's key: below
}
"""What the log does not commit to; `docs/how-to/verify-the-log.md` says the same."""


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return whole(tmp_path_factory.mktemp("original"))


@pytest.fixture(scope="module")
def copy(original, tmp_path_factory):
    return copied(original, tmp_path_factory.mktemp("copy"))


def test_an_untouched_log_verifies_on_each_kind_of_database(tmp_path, url):
    seen = []
    report = verified(whole(tmp_path, url), progress=lambda done, total: seen.append((done, total)))
    assert report.problems == []
    log = report.newest
    assert (log.size, log.tiles, log.indexed, report.rulesets, report.claims) == (SIZE, 1, SIZE - 3, 1, 30)
    assert (log.opened, log.erased, log.unread) == (SIZE - 60, 60, 0)
    assert log.checkpoints > log.witnessed == 1
    assert log.newest_checkpoint.root == log.root
    assert seen[-1] == (SIZE, SIZE)


def test_a_log_verifies_while_it_is_written_searched_and_erased_from(tmp_path, url):
    ledger = Ledger.open(settings(tmp_path, url))
    over = threading.Event()

    def written():
        for number in count():
            if over.is_set():
                return
            ledger.append(record(number, f"s{number % 7}"), IdempotencyKey("o", str(number))).result(10)
            if number % 20 == 0:
                asked = erasure.request(ledger, f"s{number % 7}", "asked to go", "ann")
                erasure.approve(ledger, asked, "ben")
                ledger.reader.index()

    writer = threading.Thread(target=written)
    writer.start()
    try:
        sizes = []
        for _ in range(3):
            report = ledger.verify()
            assert report.problems == []
            sizes.append(report.size)
            time.sleep(0.3)
    finally:
        over.set()
        writer.join()
        ledger.close()
    assert sizes[-1] > sizes[0]


def test_the_root_is_the_one_that_the_definition_gives(original):
    archive = open_archive(original)
    leaves = [leaf_hash(entry.body) for entry in archive.reader().entries()]
    archive.close()
    assert verified(original).root == root(len(leaves), reader_of(leaves))


def test_several_processes_find_what_one_finds(copy, monkeypatch):
    monkeypatch.setattr("compliance.ledger.verify.FEW", 10)
    plain = LedgerSettings(copy.database_url, copy.folder)
    with edit(copy.folder.parent / "log.db") as connection:
        connection.execute("UPDATE ledger_entry SET kind = 'other' WHERE leaf_index = 17")
    alone, together = verified(plain), verified(plain, reopen=partial(open_archive, plain), jobs=2)
    with edit(copy.folder.parent / "log.db") as connection:
        connection.execute("UPDATE ledger_entry SET kind = 'decision' WHERE leaf_index = 17")
    assert together.document() == alone.document()
    assert places(together) == ["entry 17"]


def test_an_entry_that_an_index_of_the_database_hides_is_named(original, tmp_path):
    made = copied(original, tmp_path)
    with edit(tmp_path / "log.db") as connection:
        # The index is made of a table in which the ruleset's entry is something else, and then kept as it is.
        connection.execute("UPDATE ledger_entry SET kind = 'decision' WHERE kind = 'ruleset'")
        connection.execute("PRAGMA writable_schema = ON")
        row = connection.execute(
            "SELECT rootpage, sql FROM sqlite_master WHERE name = 'ix_ledger_entry_kind'"
        ).fetchone()
        connection.execute("DELETE FROM sqlite_master WHERE name = 'ix_ledger_entry_kind'")
    with edit(tmp_path / "log.db") as connection:
        connection.execute("UPDATE ledger_entry SET kind = 'ruleset' WHERE leaf_index = 305")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "INSERT INTO sqlite_master VALUES ('index', 'ix_ledger_entry_kind', 'ledger_entry', ?, ?)", row
        )
    report = verified(made)
    assert "entry 305: the database does not list it among those of its kind" in map(str, report.problems)


def columns(path):
    with edit(path) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'ledger%' OR name = 'subject_key'"
        )
        return [
            (table.decode(), row[1].decode())
            for (table,) in tables.fetchall()
            for row in connection.execute(f"PRAGMA table_info({table.decode()})").fetchall()
        ]


def flipped(value, place, bit):
    """Return the value with one bit of one of its bytes flipped."""
    if isinstance(value, int):
        return value ^ 1 << (place * 8 + bit) % 40
    changed = bytearray(value)
    changed[place % len(changed)] ^= 1 << bit
    return bytes(changed)


@trying(max_examples=100, deadline=None)
@given(data=st.data())
def test_one_flipped_bit_anywhere_is_found_and_named(copy, data):
    log, keys = copy.folder.parent / "log.db", copy.folder / "subject-keys.db"
    known = [(file, *names) for file in (log, keys) for names in columns(file) if names not in NOT_COVERED]
    path, table, column = data.draw(st.sampled_from(known))
    with edit(path) as connection:
        rows = connection.execute(f"SELECT {column}, typeof({column}) FROM {table}").fetchall()  # noqa: S608 - of the schema
    number = data.draw(st.sampled_from([number for number, row in enumerate(rows) if row[0] is not None]))
    before, kind = rows[number]
    after = flipped(before, data.draw(st.integers(0, 5000)), data.draw(st.integers(0, 7)))
    note(f"{table}.{column}, row {number}: {before!r} -> {after!r}")
    whole_file = path.read_bytes()
    try:
        try:
            with edit(path) as connection:
                _put(connection, table, column, number, after, text=kind == b"text")
        except sqlite3.IntegrityError:  # another row is there already: the database itself refuses
            reject()
        report = verified(copy)
    finally:
        path.write_bytes(whole_file)
    assert report.problems
    assert all(problem.place for problem in report.problems)


def _put(connection, table, column, number, value, *, text):
    names = [row[1].decode() for row in connection.execute(f"PRAGMA table_info({table})") if row[5]]
    key = connection.execute(f"SELECT {', '.join(names)} FROM {table} LIMIT 1 OFFSET ?", (number,)).fetchone()  # noqa: S608
    where = " AND ".join(f"CAST({name} AS BLOB) = CAST(? AS BLOB)" for name in names)
    spelt = "CAST(? AS TEXT)" if text else "?"
    statement = f"UPDATE {table} SET {column} = {spelt} WHERE {where}"  # noqa: S608
    assert connection.execute(statement, (value, *key)).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("DELETE FROM ledger_entry WHERE leaf_index = 100", "entry 100"),
        ("DELETE FROM ledger_entry WHERE leaf_index = 309", "head of log 1"),
        ("UPDATE ledger_entry SET leaf_index = 900000000000 WHERE leaf_index = 309", "entry 900000000000"),
        ("UPDATE ledger_entry SET sealed = NULL WHERE leaf_index = 7", "entry 7"),
        ("DELETE FROM ledger_tile", "tile 0 of level 0"),
        ("INSERT INTO ledger_tile SELECT epoch, 1, 0, hashes, root FROM ledger_tile", "tile 0 of level 1"),
        ("DELETE FROM ledger_ruleset", "ruleset sha256:of-the-ruleset"),
        ("DELETE FROM ledger_dictionary", "entry 309"),
        ("DROP TABLE ledger_dictionary", "entry 309"),
        ("DELETE FROM ledger_head", "head of log 1"),
        ("DELETE FROM ledger_term WHERE leaf_index = 9", "search index, entry 9"),
        ("INSERT INTO ledger_term VALUES ('outcome:deny', 1, 9)", "search index, entry 9"),
        ("DELETE FROM ledger_feed", "feed halts"),
        ("UPDATE ledger_feed SET leaf_index = 5", "feed halts"),
        ("UPDATE ledger_feed SET name = 'halt'", "feed halt"),
        ("INSERT INTO ledger_feed VALUES ('other', 1, 5)", "feed other"),
        ("DROP TABLE ledger_feed", "feed halts"),
        ("UPDATE ledger_idempotency SET leaf_index = 304 WHERE leaf_index = 11", "idempotency key of entry 304"),
        ("UPDATE ledger_idempotency SET leaf_index = 21 WHERE leaf_index = 11", "idempotency key of entry 21"),
        ("UPDATE ledger_idempotency SET size = 11 WHERE leaf_index = 11", "idempotency key of entry 11"),
        ("UPDATE ledger_checkpoint SET witnessed = 3 WHERE witnessed", None),
        ("UPDATE ledger_entry SET recorded_at = '2026' WHERE leaf_index IN (0, 304)", "entry 304"),
        ("UPDATE ledger_checkpoint SET witnessed = 1 WHERE size = (SELECT min(size) FROM ledger_checkpoint)", None),
    ],
)
def test_what_was_removed_or_moved_is_named(original, tmp_path, statement, place):
    made = copied(original, tmp_path)
    with edit(tmp_path / "log.db") as connection:
        connection.execute(statement)
    report = verified(made)
    assert report.problems
    assert place is None or place in places(report), report.problems


def test_two_entries_that_changed_places_are_named(original, tmp_path):
    made = copied(original, tmp_path)
    with edit(tmp_path / "log.db") as connection:
        for statement in (
            "UPDATE ledger_entry SET leaf_index = -1 WHERE leaf_index = 60",
            "UPDATE ledger_entry SET leaf_index = 60 WHERE leaf_index = 61",
            "UPDATE ledger_entry SET leaf_index = 61 WHERE leaf_index = -1",
        ):
            connection.execute(statement)
    assert {"entry 60", "entry 61"} <= set(places(verified(made)))


def test_a_key_that_is_gone_without_an_erasure_is_no_erasure(original, tmp_path):
    made = copied(original, tmp_path)
    with edit(made.folder.parent / "log.db") as connection:
        entries = [json.loads(entry) for (entry,) in connection.execute("SELECT entry FROM ledger_entry")]
    with edit(made.folder / "subject-keys.db") as connection:
        kept = {owner.decode() for (owner,) in connection.execute("SELECT owner FROM subject_key")}
        about = Counter(entry["subject"] for entry in entries if entry["subject"] in kept)
        owner, count = about.most_common(1)[0]
        connection.execute("DELETE FROM subject_key WHERE owner = ?", [owner])
    report = verified(made)
    assert len(report.problems) == count >= 60
    assert "no entry says that it was erased" in report.problems[0]


def test_without_keys_everything_else_is_checked_and_what_is_not_is_counted(original, tmp_path):
    made = copied(original, tmp_path)
    report = verified(LedgerSettings(made.database_url, tmp_path / "empty"))
    assert report.problems == []
    assert (report.newest.opened, report.newest.unread) == (0, SIZE)


def test_a_wrong_master_key_is_not_taken_for_erasure(original, tmp_path):
    made = copied(original, tmp_path)
    (made.folder / "master.key").write_text("ab" * 32)
    report = verified(made)
    assert "keys" in places(report)
    assert report.newest.erased == 60


def test_receipts_and_checkpoints_from_outside_must_be_borne_out(tmp_path):
    made = whole(tmp_path)
    ledger = Ledger.open(made)
    receipt, checkpoint = str(ledger.receipt(5)), ledger.checkpoint
    ledger.append(record(600)).result(10)
    late = str(ledger.receipt(SIZE))
    ledger.close()
    good = Given({"mine": checkpoint}, {"mine": receipt, "late": late}, [ledger.verifier], [WITNESS.verifier])
    report = verified(made, good)
    assert (report.problems, report.receipts) == ([], 2)
    # The log without its last entry, and an honest index of it: only what was kept elsewhere tells.
    copy = copied(made, tmp_path / "copy")
    with edit(tmp_path / "copy" / "log.db") as connection:
        for table, column in (("entry", "leaf_index"), ("term", "leaf_index")):
            connection.execute(f"DELETE FROM ledger_{table} WHERE {column} >= ?", (SIZE,))  # noqa: S608 - of the list
        connection.execute("DELETE FROM ledger_checkpoint WHERE size > ?", (SIZE,))
    report = verified(copy, good)
    assert {"checkpoint file", "late"} <= set(places(report))
    assert "mine" not in places(report)


def test_a_changed_cosignature_shows_with_the_key_of_the_witness(original, tmp_path):
    made = copied(original, tmp_path)
    with edit(tmp_path / "log.db") as connection:
        (note_,) = connection.execute("SELECT note FROM ledger_checkpoint WHERE witnessed").fetchone()
        text = note_.decode()
        changed = text[:-9] + ("A" if text[-9] != "A" else "B") + text[-8:]
        connection.execute("UPDATE ledger_checkpoint SET note = ? WHERE witnessed", (changed,))
    assert verified(made).problems == []
    assert "w.example" in verified(made, Given(witnesses=[WITNESS.verifier])).problems[0]


def test_a_key_known_from_elsewhere_must_be_one_of_the_log(original):
    assert places(verified(original, Given(keys=[WITNESS.verifier]))) == ["key"]


def test_an_epoch_that_was_left_after_a_fork_is_noted_and_not_held_against_the_next(tmp_path):
    first = settings(tmp_path)
    ledger = Ledger.open(first)
    ledger.append(record(1)).result(10)
    ledger.close()
    backup = {path.name: path.read_bytes() for path in tmp_path.glob("log.db*")}
    ledger = Ledger.open(first)
    ledger.append(record(2)).result(10)
    ledger.close()
    for path in tmp_path.glob("log.db*"):
        path.unlink()
    for name, content in backup.items():
        (tmp_path / name).write_bytes(content)
    assert places(verified(first)) == ["checkpoint file"]
    second = LedgerSettings(first.database_url, first.folder, "example.com/second")
    new_epoch(second, "the database was restored", ("ann", "ben"))
    report = verified(second)
    assert report.problems == []
    assert [log.origin for log in report.logs] == ["example.com/log", "example.com/second"]
    assert "left after a fork" in report.notes[0]


def test_a_file_that_is_torn_is_a_problem_and_no_traceback(original, tmp_path):
    made = copied(original, tmp_path)
    path = tmp_path / "log.db"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(content)
    assert verified(made).problems
