"""A database that is away, at start or later: `/readyz` says so within a second, and everything comes back by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.ledger.faults.node import Node
from tests.ledger.faults.test_service_kill import check
from tests.ledger.faults.test_service_storage import problem, small_disk
from tests.storage.postgresql import Server

__all__ = ["small_disk"]


@pytest.fixture
def server(postgresql):
    del postgresql  # asked for only to skip where there is none
    started = Server.started()
    yield started
    started.stop()


@pytest.fixture
def ended():
    """Nodes that are ended with the test."""
    nodes = []
    yield nodes
    for node in nodes:
        if node.process is not None and node.process.poll() is None:
            node.kill()


def readiness(node):
    answer = node.get("/readyz")
    return answer.status_code, answer.json()["status"], answer.json()["recording_stopped"]


@pytest.mark.postgres
def test_a_node_that_starts_before_its_database_opens_the_ledger_by_itself(tmp_path, server, ended):
    database = server.new_database()
    server.kill()
    node = Node(tmp_path / "ledger", database)
    ended.append(node)
    node.start(status=503)
    status, word, why = readiness(node)
    assert (status, word) == (503, "unavailable")
    assert why.startswith("the database cannot be used: ")
    assert node.get("/healthz").status_code == 200
    response = node.decide("early")
    assert problem(response)["type"] == "/docs/problems#not-recorded"
    assert response.headers["retry-after"] == "1"
    problem(node.get("/ledger/checkpoint"))
    assert "compliance_ledger_open 0.0" in node.get("/metrics").text
    server.start()
    node.wait_until(lambda: node.ready() == 200)
    answers = {key: node.decide(key) for key in ("early", "later")}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert "compliance_ledger_open 1.0" in node.get("/metrics").text
    assert "compliance_ledger_records_total 4.0" in node.get("/metrics").text
    assert node.stop() in {0, -signal.SIGTERM}
    check(node, {key: answer.content for key, answer in answers.items()})
    assert "Traceback" not in node.said()


@pytest.mark.postgres
def test_an_idle_node_is_unready_while_its_database_is_away_or_hangs(tmp_path, server, ended):
    node = Node(tmp_path / "ledger", server.new_database())
    ended.append(node)
    node.start()
    first = node.decide("first")
    assert node.ready() == 200
    server.kill()
    time.sleep(1.1)  # whatever was recorded or found before counts no more
    assert readiness(node)[:2] == (503, "unavailable")
    server.start()
    node.wait_until(lambda: node.ready() == 200)
    backends = [server.process.pid, *children(server.process.pid)]
    for process in backends:
        os.kill(process, signal.SIGSTOP)
    try:
        # Other addresses wait in a pool of threads, and fill it; this one does not.
        decision = f"{node.address}/v1/decisions/{first.json()['id']}"
        assert set(asyncio.run(asked_at_once(decision, 60))) == {httpx.ReadTimeout}
        node.wait_until(lambda: node.ready() == 503)
        assert readiness(node)[1:] == ("unavailable", "the database does not answer")
        assert node.get("/healthz").status_code == 200
    finally:
        for process in backends:
            os.kill(process, signal.SIGCONT)
    node.wait_until(lambda: node.ready() == 200)
    assert node.decide("first").content == first.content


async def asked_at_once(address, count):
    """Return what became of many requests that nobody waits long for."""
    async with httpx.AsyncClient(timeout=httpx.Timeout(60, read=1)) as asked:
        found = await asyncio.gather(*(asked.get(address) for _ in range(count)), return_exceptions=True)
    return [type(each) for each in found]


def children(process):
    """Return the processes that a process has started."""
    return [int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def test_a_full_disk_makes_a_node_unready_until_there_is_room(small_disk, tmp_path, ended):
    node = Node(small_disk / "ledger", output=tmp_path / "output")
    ended.append(node)
    node.start()
    with (small_disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))
    node.wait_until(lambda: node.decide().status_code == 503)
    node.wait_until(lambda: node.ready() == 503)
    assert readiness(node)[1] == "unavailable"
    (small_disk / "ballast").unlink()
    node.wait_until(lambda: node.ready() == 200)
    assert node.decide("after").status_code == 200
    node.kill()


def test_a_read_only_file_system_at_start_is_said_and_waited_for(small_disk, tmp_path, ended):
    node = Node(small_disk / "ledger", output=tmp_path / "output")
    ended.append(node)
    node.start()
    first = node.decide("first")
    node.stop()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    node.start(status=503)
    assert "read" in readiness(node)[2]
    problem(node.decide("second"))
    assert "Traceback" not in node.said()
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    node.wait_until(lambda: node.ready() == 200)
    assert node.decide("first").content == first.content
    node.kill()
