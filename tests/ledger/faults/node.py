"""`compliance serve` as a process of its own: started, asked over several connections, killed, limited."""

from __future__ import annotations

import atexit
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.gate.support import TINY, reader

ROOT = Path(__file__).parents[3]
ORIGIN = "example.com/log"
PATIENCE = 240


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Node:
    """One serving process over a ledger in `folder`; its output goes to a file, which is not among the ledger's."""

    def __init__(self, folder, database=None, rulebook=TINY, output=None, **environment):
        self.folder, self.database, self.rulebook = folder, database, rulebook
        self.output = output or folder.with_name(f"{folder.name}.output")
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        self.process = None
        self.origin = ORIGIN
        self.port = free_port()

    def command(self):
        made = [sys.executable, "-m", "compliance", "serve", "--port", str(self.port), "--origin", self.origin]
        made += ["--rulebook", str(self.rulebook), "--ledger", str(self.folder)]
        return made if self.database is None else [*made, "--database", self.database]

    def spawn(self):
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )
        atexit.register(self.process.kill)  # a test that fails half way leaves nothing running

    def start(self, status=200):
        """Start, and wait until `/readyz` answers with `status`."""
        self.spawn()
        self.wait_until(lambda: self.ready() == status)
        return self

    def wait_until(self, true, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.02)

    def ready(self):
        """Return the status of `/readyz`, None while nothing listens."""
        try:
            return self.get("/readyz").status_code
        except httpx.TransportError:
            return None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def get(self, path):
        return httpx.get(self.address + path, timeout=120)

    def post(self, path, body, key=None):
        headers = {} if key is None else {"Idempotency-Key": key}
        return httpx.post(self.address + path, json=body, headers=headers, timeout=240)

    def decide(self, key=None, body=None):
        return self.post("/v1/decisions", body or reader(), key)

    def limit_files(self, size):
        """Let no file of the process grow beyond `size` bytes (None: any size): what a quota or a full disk does."""
        soft = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """End in order; says with which code."""
        if self.process is None:
            return None
        self.process.terminate()
        return self.process.wait(120)

    def said(self):
        return self.output.read_text(errors="replace")


@dataclass
class Load:
    """Several connections that ask one decision after another, each under a key of its own."""

    port: int
    name: str
    connections: int = 8
    sent: list[str] = field(default_factory=list)
    answered: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, tuple[int, dict]] = field(default_factory=dict)

    def __post_init__(self):
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(self.connections)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, connection):
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=240)
        number = 0
        while not self._stop.is_set():
            key = f"{self.name}-{connection}-{number}"
            number += 1
            body = json.dumps(reader(subject=f"user-{key}"))
            self.sent.append(key)
            try:
                asked.request("POST", "/v1/decisions", body, {"Idempotency-Key": key})
                answer = asked.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException):
                return  # the server was killed: whatever was asked last was not answered
            if answer.status == 200:
                self.answered[key] = said
            else:
                self.refused[key] = (answer.status, {**dict(answer.headers.items()), "body": said})


def asked_again(port, key):
    """Ask what a load asked under a key once more; returns status and bytes."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=240)
    asked.request("POST", "/v1/decisions", json.dumps(reader(subject=f"user-{key}")), {"Idempotency-Key": key})
    answer = asked.getresponse()
    return answer.status, answer.read()
