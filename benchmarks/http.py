"""Measure the service over HTTP, with the ledger off and on: `python -m benchmarks.http [--quick] [--json]`.

`bare` is the same server with an app that answers three kilobytes to everybody: what is left over is ours.
The server has one core and the load generator the other, where there are two. Beside the figures stand what one
durable write costs on this disk (fdatasync, p50) and how many records shared a transaction.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.customers import batches, orders

ROOT = Path(__file__).resolve().parent.parent
BATCH = 100
MINIMAL = "Prefer: return=minimal"


def fdatasync_p50(folder: Path) -> float:
    """Return the milliseconds that one durable write of 4 KB takes, p50 of 200."""
    took = []
    with (folder / "probe").open("wb", buffering=0) as file:
        for _ in range(200):
            started = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


class Server:
    """`compliance serve`, or another server, in a process of its own."""

    def __init__(self, *options: str, module: tuple[str, ...] = ("compliance", "serve")) -> None:
        """Start it on a free port and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", *module, "--port", str(self.port), *options]
        self._process = subprocess.Popen(pinned(0, command), cwd=ROOT, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.get("/readyz")
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the server does not start") from None
                time.sleep(0.05)

    def get(self, path: str) -> str:
        """Return what is at an address."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return str(answer.read().decode())

    def counter(self, name: str) -> float:
        """Return a counter of the service; 0 where it has none."""
        found = re.search(rf"^{name} (\S+)$", self.get("/metrics"), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)


def pinned(core: int, command: list[str]) -> list[str]:
    """Return `command` bound to one core, where there are at least two."""
    return ["taskset", "-c", str(core), *command] if (os.cpu_count() or 1) > 1 else command


def load(server: Server, path: str, file: Path, connections: int, count: int, headers: str) -> dict[str, Any]:
    """Return the figures of one run, with the groups and records of the ledger."""
    before = server.counter("compliance_ledger_groups_total"), server.counter("compliance_ledger_records_total")
    words = [str(server.port), path, str(file), str(connections), str(count), headers]
    command = pinned(1, [sys.executable, "-m", "benchmarks.load", *words])
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    groups = server.counter("compliance_ledger_groups_total") - before[0]
    records = server.counter("compliance_ledger_records_total") - before[1]
    found["records_per_group"] = records / groups if groups else None
    # While warming up, too: the share of groups, not of seconds, is what is counted.
    found["groups_per_second"] = found["per_second"] * groups / records if records else None
    return found


def measure(options: argparse.Namespace, console: Console) -> list[dict[str, Any]]:
    """Return one row for each server, form, and number of connections."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        bodies = orders(4_000 if options.quick else 20_000)
        (folder / "orders").write_text(json.dumps([body.decode() for body in bodies]))
        (folder / "batches").write_text(json.dumps([body.decode() for body in batches(bodies, BATCH)]))
        ledgers = {"bare": [], "off": ["--no-ledger"], "SQLite": ["--ledger", str(folder / "ledger")]}
        if options.postgresql:
            ledgers["PostgreSQL"] = ["--ledger", str(folder / "keys"), "--database", options.postgresql]
        for name, words in ledgers.items():
            server = Server(module=("benchmarks.bare",)) if name == "bare" else Server(*words)
            forms = (("full", ""), ("minimal", MINIMAL)) if name == "off" else (("full", ""),)
            try:
                for form, headers in forms:
                    for connections in (1, 32, 128):
                        count = (1_000 if connections == 1 else 4_000) if options.quick else 20_000
                        found = load(server, "/v1/decisions", folder / "orders", connections, count, headers)
                        rows.append(_row(name, form, "single", connections, 1, found, folder))
                    if name == "bare":
                        continue
                    count = 40 if options.quick else 400
                    found = load(server, "/v1/decisions/batch", folder / "batches", 4, count, headers)
                    rows.append(_row(name, form, f"batch of {BATCH}", 4, BATCH, found, folder))
                    console.print(f"ledger {name}, {form}: measured", style="dim")
            finally:
                server.stop()
    return rows


def _row(ledger: str, form: str, kind: str, connections: int, each: int, found: dict[str, Any], folder: Path) -> Any:
    return {
        "ledger": ledger,
        "form": form,
        "requests": kind,
        "connections": connections,
        "decisions_per_second": found["per_second"] * each,
        "p50_ms": found["p50_ms"],
        "p99_ms": found["p99_ms"],
        "failed": found["failed"],
        "records_per_group": found["records_per_group"],
        "groups_per_second": None if found["groups_per_second"] is None else found["groups_per_second"] * each,
        "fdatasync_p50_ms": fdatasync_p50(folder),
    }


def main(words: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the service over HTTP, with the ledger off and on.")
    parser.add_argument("--quick", action="store_true", help="fewer requests; half a minute")
    parser.add_argument("--postgresql", metavar="URL", help="measure a ledger in this (empty) database, too")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, and nothing else")
    options = parser.parse_args(words)
    console = Console(stderr=options.json)
    rows = measure(options, console)
    if options.json:
        print(json.dumps(rows, indent=1))
        return int(any(row["failed"] for row in rows))
    table = Table(title="The service over HTTP, one worker on one core")
    for name in ("ledger", "answer", "requests", "connections"):
        table.add_column(name)
    for name in ("decisions/s", "p50 ms", "p99 ms", "records a group", "commits/s", "fdatasync ms"):
        table.add_column(name, justify="right")
    for row in rows:
        group = "" if row["records_per_group"] is None else f"{row['records_per_group']:.0f}"
        table.add_row(
            row["ledger"],
            row["form"],
            row["requests"],
            str(row["connections"]),
            f"{row['decisions_per_second']:,.0f}",
            f"{row['p50_ms']:.2f}",
            f"{row['p99_ms']:.2f}",
            group,
            "" if row["groups_per_second"] is None else f"{row['groups_per_second']:.0f}",
            f"{row['fdatasync_p50_ms']:.2f}",
        )
    console.print(table)
    return int(any(row["failed"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
