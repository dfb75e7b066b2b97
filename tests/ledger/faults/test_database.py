"""A full disk, a torn write-ahead log, a read-only file, a lost server, two nodes, a clock that steps back."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from datetime import timedelta

import pytest
from msgspec import structs
from sqlalchemy import event

from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.errors import LedgerForkedError, LedgerUnavailableError
from compliance.ledger.ledger import Ledger
from compliance.storage import held
from tests.ledger.support import Clock, record, settings, without_checkpoint
from tests.storage.postgresql import Server


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mount.returncode:
        pytest.skip("no small file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_answers_nobody_and_service_resumes_once_there_is_room(tmp_path, small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(3 * 2**20))
    ledger = Ledger.open(settings(tmp_path, f"sqlite:///{small_disk}/log.db"))
    answered, failures = {}, 0
    for number in range(2000):
        big = structs.replace(record(number), response=os.urandom(20_000))
        try:
            answered[number] = ledger.append(big).result(30).index
        except LedgerUnavailableError:
            failures += 1
            if failures == 3:
                break
    assert failures == 3
    assert answered
    ballast.unlink()
    after = ledger.append(record(5000)).result(30)
    assert after.index == len(answered) + 1
    assert ledger.verify().problems == []
    for number, index in answered.items():
        assert ledger.reader.entry(index).public["id"] == f"d{number}"
    ledger.close()


def test_a_torn_write_ahead_log_loses_nothing_that_was_not_torn_off(tmp_path):
    made = settings(tmp_path)
    ledger = Ledger.open(made)
    for number in range(20):
        ledger.append(record(number)).result(10)
    # What a power cut leaves: the database and its log as they are now, the last page of the log half written.
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("log.db", "log.db-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    before = (tmp_path / "keys" / "checkpoint").read_text()
    torn = copy / "log.db-wal"
    os.truncate(torn, torn.stat().st_size - 2000)
    subprocess.run(["cp", "-r", str(tmp_path / "keys"), str(copy / "keys")], check=True)
    ledger.close()
    survivor = settings(copy)
    with pytest.raises(LedgerForkedError, match="older copy"):
        Ledger.open(survivor)  # the last commit had been answered: that it is missing must be noticed
    without_checkpoint(copy / "keys")
    reopened = Ledger.open(survivor)
    assert reopened.reader.size() == 20
    assert reopened.verify().problems == []
    assert reopened.append(record(99)).result(10).index == 20
    reopened.close()
    assert before


def test_a_read_only_database_answers_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(held, "_REST", -1.0)  # so that the pool gives a connection for each group
    ledger = Ledger.open(settings(tmp_path))
    ledger.append(record(1)).result(10)
    engine = ledger._opened.database.engine  # noqa: SLF001 - root may write to read-only files, so SQLite is told
    refusing = ["ON"]

    def given(connection, *_):
        connection.execute(f"PRAGMA query_only={refusing[-1]}")

    event.listen(engine, "checkout", given)
    with pytest.raises(LedgerUnavailableError):
        ledger.append(record(2)).result(10)
    refusing.append("OFF")
    assert ledger.append(record(3)).result(10).index == 2
    ledger.close()


@pytest.mark.postgres
def test_a_lost_server_answers_nobody_and_service_resumes_when_it_is_back(tmp_path, postgresql):
    del postgresql  # asked for only to skip where there is none
    server = Server.started()
    try:
        ledger = Ledger.open(settings(tmp_path, server.new_database()))
        answered = {number: ledger.append(record(number)).result(10).index for number in range(10)}
        server.kill()
        key = IdempotencyKey("c", "k")
        with pytest.raises(LedgerUnavailableError):
            ledger.append(record(50), key).result(30)
        server.start()
        deadline = time.monotonic() + 20
        while True:
            try:
                answered[50] = ledger.append(record(50), key).result(30).index
                break
            except LedgerUnavailableError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
        for number, index in answered.items():
            assert ledger.reader.entry(index).public["id"] == f"d{number}"
        assert ledger.verify().problems == []
        ledger.close()
    finally:
        server.stop()


def test_two_nodes_append_to_one_log(tmp_path, url):
    nodes = [Ledger.open(settings(tmp_path, url)) for _ in range(2)]
    answers: list[tuple[int, int, bool]] = []

    def work(node, start):
        futures = [
            (number, node.append(record(number), IdempotencyKey("c", str(number))))
            for number in range(start, start + 400)
        ]
        answers.extend((n, future.result(30).index, future.result().replayed) for n, future in futures)

    threads = [threading.Thread(target=work, args=(node, 200 * place)) for place, node in enumerate(nodes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    by_number: dict[int, set[int]] = {}
    for number, index, _ in answers:
        by_number.setdefault(number, set()).add(index)
    assert all(len(indexes) == 1 for indexes in by_number.values())
    assert sum(not replayed for _, _, replayed in answers) == 600
    assert sorted(index for indexes in by_number.values() for index in indexes) == list(range(1, 601))
    report = nodes[0].verify()
    assert (report.problems, report.size) == ([], 601)
    for node in nodes:
        node.close()


def test_a_clock_that_steps_back_does_not_take_log_time_with_it(tmp_path):
    clock = Clock()
    ledger = Ledger.open(settings(tmp_path, clock=clock))
    ledger.append(record(1)).result(10)
    high = clock.now
    ledger.close()
    clock.move(days=-30)
    ledger = Ledger.open(settings(tmp_path, clock=clock))
    ledger.append(record(2)).result(10)
    assert ledger.reader.entry(2).recorded_at == high
    clock.move(days=31)
    ledger.append(record(3)).result(10)
    assert ledger.reader.entry(3).recorded_at == high + timedelta(days=1)
    ledger.close()
