"""The service as `make run` starts it, on a free port and with a ledger of its own, and commands of pages beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 120


@dataclass(frozen=True)
class Service:
    """Where it listens, and where what it and the pages keep goes to."""

    port: int
    folder: Path

    @property
    def ledger(self) -> Path:
        """The folder of its ledger."""
        return self.folder / "ledger"

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run the commands of a page as somebody would who stands in the repository; nothing is left in it."""
        compliance = f"{sys.executable} -c 'from compliance.cli import main; main()'"
        for written, meant in (
            ("--map xstocks.svg", f"--map {tempfile.gettempdir()}/xstocks.svg"),
            ("audit", str(self.folder / "audit")),
            ("127.0.0.1:8080", f"127.0.0.1:{self.port}"),
            (".venv/bin/python", sys.executable),
            (".venv/bin/compliance", compliance),
        ):
            script = script.replace(written, meant)
        settled = {**os.environ, "COMPLIANCE_LEDGER": str(self.ledger)}
        command = ["bash", "-c", script]
        return subprocess.run(
            command, cwd=ROOT, env=settled, capture_output=True, text=True, timeout=_SECONDS, check=False
        )


@contextmanager
def serving(folder: Path) -> Iterator[Service]:
    """Start the service, and stop it by its own process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        service = Service(int(free.getsockname()[1]), folder)
    command = [sys.executable, "-c", "from compliance.cli import main; main()", "serve", "--port", str(service.port)]
    command += ["--ledger", str(service.ledger)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        try:
            _wait(service.port, started)
            yield service
        finally:
            started.terminate()


def _wait(port: int, started: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until and started.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the service did not start")
