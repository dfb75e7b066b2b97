"""A full disk, a quota, a read-only or lost or restored database under `compliance serve`: 503, and nothing unrecorded."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time

import httpx
import psycopg
import pytest

from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.note import Note, Verifier
from compliance.ledger.proof import Receipt
from tests.ledger.faults.node import ROOT, Load, Node, asked_again
from tests.ledger.faults.test_service_kill import check
from tests.ledger.support import without_checkpoint
from tests.storage.postgresql import Server


@pytest.fixture
def node(tmp_path):
    made = Node(tmp_path / "ledger")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        print("no small file system can be mounted here: a full disk is not tested")
        pytest.skip("no small file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def problem(response, status=503):
    """Return a problem document, which is all that may be answered."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert "outcome" not in document
    return document


def test_a_full_disk_answers_503_and_service_resumes_once_there_is_room(small_disk, tmp_path):
    node = Node(small_disk / "ledger", output=tmp_path / "output").start()
    (small_disk / "ballast").write_bytes(bytes(3 * 2**20))
    with Load(node.port, "filling") as load:
        node.wait_until(lambda: len(load.refused) > 20)
    for status, said in load.refused.values():
        assert (status, said["content-type"], said["retry-after"]) == (503, "application/problem+json", "1")
    assert problem(node.decide())["type"] == "/docs/problems#not-recorded"
    (small_disk / "ballast").unlink()
    node.wait_until(lambda: node.decide().status_code == 200)
    for key in list(load.refused)[:5]:  # tried again, as the document says
        status, load.answered[key] = asked_again(node.port, key)
        assert status == 200
    node.stop()
    check(node, load.answered)


@pytest.mark.parametrize("size", [1, 64 * 1024])
def test_a_quota_answers_503_and_service_resumes_once_it_is_lifted(node, size):
    node.start()
    with Load(node.port, "before") as before:
        time.sleep(0.5)
    node.limit_files(size)
    response = node.decide("limited")
    assert problem(response)["type"] == "/docs/problems#not-recorded"
    assert response.headers["retry-after"] == "1"
    with Load(node.port, "during") as during:
        time.sleep(0.5)
    assert not during.answered
    node.limit_files(None)
    node.wait_until(lambda: node.decide("limited").status_code == 200)
    with Load(node.port, "after") as after:
        time.sleep(0.3)
    assert not after.refused
    node.kill()
    node.start()  # what is kept outside the database is whole
    node.stop()
    check(node, before.answered | after.answered)


def test_a_quota_that_fails_only_the_checkpoint_answers_nobody_and_leaves_the_old_one_whole(node):
    """The record is durable, but its checkpoint is not kept: the answer must not leave."""
    node.start()
    assert node.decide("first").status_code == 200
    database = node.folder / "ledger.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = (node.folder / "checkpoint").read_text()
    blocked = node.folder / "blocked"
    (node.folder / "checkpoint").rename(blocked)
    (node.folder / "checkpoint").mkdir()  # a rename onto a folder fails
    response = node.decide("second")
    problem(response)
    assert response.headers["retry-after"] == "1"
    (node.folder / "checkpoint").rmdir()
    blocked.rename(node.folder / "checkpoint")
    assert (node.folder / "checkpoint").read_text() == kept
    again = node.decide("second")
    assert again.status_code == 200
    node.kill()
    node.start()
    assert node.decide("second").content == again.content
    node.stop()
    assert len(check(node, {"second": again.content})) == 2


@pytest.mark.postgres
def test_a_server_that_is_read_only_or_gone_answers_503_and_service_resumes(tmp_path, postgresql):
    del postgresql  # asked for only to skip where there is none
    server = Server.started()
    node = Node(tmp_path / "ledger", server.new_database())
    try:
        node.start()
        first = node.decide("first")
        assert first.status_code == 200
        name = node.database.rsplit("/", 1)[1]
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(cut, [name])
            response = node.decide("read-only")
            assert problem(response)["type"] == "/docs/problems#not-recorded"
            assert response.headers["retry-after"] == "1"
            connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            connection.execute(cut, [name])
        node.wait_until(lambda: node.decide("read-only").status_code == 200)
        with Load(node.port, "stopping") as load:
            time.sleep(0.5)
            server.kill()
            node.wait_until(lambda: len(load.refused) > 3)
        assert {status for status, _ in load.refused.values()} == {503}
        assert all(said["retry-after"] == "1" for _, said in load.refused.values())
        assert node.get("/healthz").status_code == 200
        server.start()
        node.wait_until(lambda: node.decide("back").status_code == 200)
        assert node.decide("first").content == first.content
        for key in list(load.refused)[:5]:
            assert asked_again(node.port, key)[0] == 200
        node.stop()
        check(node, load.answered)
    finally:
        if node.process.poll() is None:
            node.kill()
        server.stop()


def copied(folder, to):
    """Back a SQLite database up as `docs/how-to/run-the-ledger.md` says."""
    with sqlite3.connect(folder / "ledger.db") as source, sqlite3.connect(to) as target:
        source.backup(target)


def restore(folder, backup):
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(backup, folder / "ledger.db")


def test_a_restored_older_file_stops_the_node_at_start(node, tmp_path):
    node.start()
    node.decide("kept")
    node.stop()
    copied(node.folder, tmp_path / "backup.db")
    node.start()
    lost = node.decide("lost")
    assert lost.status_code == 200
    node.stop()
    restore(node.folder, tmp_path / "backup.db")
    node.start(status=503)
    assert "restored from an older copy" in node.get("/readyz").json()["recording_stopped"]
    assert node.get("/readyz").json()["status"] == "stopped"
    problem(node.decide("lost"))
    problem(node.decide())
    assert node.get("/healthz").status_code == 200
    kept = Checkpoint.of_text(Note.of_text((node.folder / "checkpoint").read_text()).text)
    assert kept.size == 5  # start, rulebook, dictionary, two decisions: the newest checkpoint was not overwritten


def test_after_a_restored_backup_two_persons_go_on_and_old_receipts_stay_valid(node, tmp_path):
    node.start()
    kept = node.decide("kept").json()
    key = node.get("/ledger/key").text.strip()
    node.stop()
    copied(node.folder, tmp_path / "backup.db")
    node.start()
    lost = node.decide("lost").json()
    node.stop()
    signed = (node.folder / "checkpoint").read_text()
    restore(node.folder, tmp_path / "backup.db")
    node.start(status=503)
    assert command(node, "fork").returncode == 1
    persons = ["--origin", "example.com/log-2", "--by", "ann", "--and", "bob", "--reason", "the disk died"]
    node.stop()
    done = command(node, "new-epoch", *persons)
    assert done.returncode == 0, done.stderr
    node.origin = "example.com/log-2"
    node.start()
    answer = node.decide("lost").json()
    Receipt.of_text(answer["receipt"]).verify(Verifier.of_vkey(node.get("/ledger/key").text))
    for receipt in (kept["receipt"], lost["receipt"]):
        Receipt.of_text(receipt).verify(Verifier.of_vkey(key))
    assert node.get(f"/v1/decisions/{kept['id']}").json()["record"]["epoch"] == 1
    assert node.get(f"/v1/decisions/{kept['id']}/explanation").status_code == 200
    assert node.get(f"/v1/decisions/{lost['id']}").status_code == 404
    assert node.get(f"/v1/decisions/{answer['id']}").json()["record"]["epoch"] == 2
    assert (
        httpx.get(f"{node.address}/ledger/tile/entries/000.p/1").text.count(
            json.dumps(signed, ensure_ascii=False)[1:-1]
        )
        == 1
    )
    assert command(node, "verify").returncode == 0


def command(node, *words):
    made = [sys.executable, "-m", "compliance", "ledger", *words, "--ledger", str(node.folder)]
    return subprocess.run(made, cwd=ROOT, env=node.environment, capture_output=True, text=True, check=False)


def test_a_file_put_in_the_place_of_the_database_of_a_running_node_stops_it(node, tmp_path):
    node.start()
    node.decide("kept")
    copied(node.folder, tmp_path / "backup.db")
    assert node.decide("lost").status_code == 200
    restore(node.folder, tmp_path / "backup.db")
    problem(node.decide("after"))
    node.wait_until(lambda: node.ready() == 503)
    problem(node.decide("after"))
    node.stop()
    node.start(status=503)


@pytest.mark.postgres
@pytest.mark.parametrize("moved_on", [False, True])
def test_a_restored_older_server_stops_the_node_after_it_reconnects(tmp_path, postgresql, moved_on):
    """`moved_on`: another node, that does not know what was signed, has made the restored log longer than it was."""
    del postgresql
    server = Server.started()
    node = Node(tmp_path / "ledger", server.new_database())
    try:
        node.start()
        node.decide("kept")
        server.kill()
        server.start()
        server.kill()
        backup = server.folder / "backup"
        shutil.copytree(server.folder / "data", backup)
        server.start()
        node.wait_until(lambda: node.decide("lost").status_code == 200)
        server.kill()
        _swapped(server, backup)
        server.start()
        if moved_on:
            other = Node(tmp_path / "other", node.database)
            shutil.copytree(node.folder, other.folder)
            without_checkpoint(other.folder)
            other.start()
            for number in range(4):
                assert other.decide(f"other{number}").status_code == 200
            other.stop()
        node.wait_until(lambda: problem(node.decide("after")) and node.ready() == 503)
        problem(node.decide("lost"))
        problem(node.decide("after"))
        said = node.get("/readyz").json()["recording_stopped"]
        assert "another copy" in said if moved_on else "older copy" in said
        node.stop()
        node.start(status=503)
    finally:
        if node.process.poll() is None:
            node.kill()
        server.stop()


def _swapped(server, backup):
    """Put the older copy in the place of the server's files, owned as they were."""
    subprocess.run(["rm", "-rf", str(server.folder / "data")], check=True)
    subprocess.run(["cp", "-a", str(backup), str(server.folder / "data")], check=True)
    if (owner := server.folder.stat()).st_uid:
        subprocess.run(["chown", "-R", f"{owner.st_uid}:{owner.st_gid}", str(server.folder / "data")], check=True)
