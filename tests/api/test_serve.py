"""The service as it is run: a process of its own, over a real socket."""

import gc
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import weakref

import httpx
import pytest

from compliance.api.serve import _settle
from tests.api.support import ROOT
from tests.gate.support import TINY, reader

PROGRAM = "import sys; from pathlib import Path; from compliance.api.serve import serve; serve(Path(sys.argv[1]), port=int(sys.argv[2]), watch=True)"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def started(folder, port):
    command = [sys.executable, "-c", PROGRAM, str(folder), str(port)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return shutil.copytree(TINY, tmp_path_factory.mktemp("served") / "tiny")


@pytest.fixture(scope="module")
def client(folder):
    port = free_port()
    process = started(folder, port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as asked:
        waited(lambda: alive(asked, process))
        yield asked
    process.terminate()
    process.wait(30)


def alive(client, process):
    assert process.poll() is None, process.stderr.read()
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


def waited(true, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def grounds(client):
    return [ground["rule"] for ground in client.post("/v1/decisions", json=reader(document="poems")).json()["grounds"]]


def test_a_decision_is_answered_over_a_socket(client):
    response = client.post("/v1/decisions", json=reader(), headers={"X-Request-ID": "one"})
    assert (response.status_code, response.json()["outcome"]) == (200, "allow")
    assert response.headers["x-request-id"] == "one"
    assert "server" not in response.headers


def test_ten_megabytes_are_refused_and_the_connection_lives(client):
    refused = client.post("/v1/decisions", content=json.dumps({"subject": "x" * 10_000_000}))
    assert refused.status_code == 413
    assert client.post("/v1/decisions", json=reader()).status_code == 200


def test_bytes_in_pieces_are_one_body(client):
    whole = json.dumps(reader()).encode()
    assert client.post("/v1/decisions", content=iter([whole[:9], whole[9:40], whole[40:]])).status_code == 200


def test_no_proxy_is_believed_and_nobody_changes_the_protocol(client):
    forwarded = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Host": "elsewhere.example",
    }
    urls = client.get("/.well-known/authzen-configuration", headers=forwarded).json()
    assert urls["policy_decision_point"].startswith("http://127.0.0.1:")
    asked = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AA==",
    }
    assert client.get("/healthz", headers=asked).json() == {"status": "ok"}
    assert client.get("/healthz").status_code == 200


def test_the_collector_leaves_alone_what_stays_and_takes_what_does_not():
    """A rulebook is hundreds of thousands of objects: to look at them again and again costs a part of each answer."""
    kept = {"rules": [{} for _ in range(100)]}
    thresholds = gc.get_threshold()
    try:
        _settle()
        seen = {id(each) for each in gc.get_objects()}
        assert not seen & {id(kept), id(kept["rules"])}
        passing = Knot()
        passing.me, gone = passing, weakref.ref(passing)
        assert id(passing) in {id(each) for each in gc.get_objects()}
        del passing
        gc.collect()
        assert gone() is None
        # What stayed until an edit goes with the next one.
        edited = Knot()
        edited.me, gone = edited, weakref.ref(edited)
        _settle()
        del edited
        gc.collect()
        assert gone() is not None
        _settle()
        assert gone() is None
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


class Knot:
    """Something that only the collector can take."""


def test_an_edit_changes_the_answer_and_a_broken_one_does_not(client, folder):
    assert grounds(client) == ["readers"]
    path = folder / "rules" / "access" / "reading.yaml"
    text = path.read_text()

    path.write_text("- rule: [")
    assert waited(lambda: client.get("/readyz").json()["edit_refused"])
    assert grounds(client) == ["readers"]

    path.write_text(text.replace("rule: readers", "rule: readers-of-documents"))
    cases = folder / "rules" / "access" / "reading.cases.yaml"
    cases.write_text(cases.read_text().replace("[readers]", "[readers-of-documents]"))
    assert waited(lambda: grounds(client) == ["readers-of-documents"])
    assert waited(lambda: client.get("/readyz").json()["edit_refused"] is None)


def test_a_rulebook_that_does_not_compile_is_not_served(tmp_path):
    folder = shutil.copytree(TINY, tmp_path / "tiny")
    (folder / "rules" / "access" / "reading.yaml").write_text("- rule: [")
    process = started(folder, free_port())
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "RulebookRefused" in said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a POSIX machine")
def test_an_interrupted_service_ends_in_order(folder):
    port = free_port()
    process = started(folder, port)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as asked:
        waited(lambda: alive(asked, process))
    process.terminate()
    assert process.wait(30) in {0, -15}
