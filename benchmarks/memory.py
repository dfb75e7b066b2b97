"""Measure memory over many decisions: `python -m benchmarks.memory [--decisions N] [--seconds S] [--ledger FOLDER]`.

One process takes decisions by the shipped rulebook and records each in a ledger, as the service does without its HTTP:
orders of ever new customers, some hundred at the same time, every tenth under an idempotency key. Printed is the
resident memory along the way, and by how much it grew from a third of the decisions on, when every cache has filled up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.customers import orders
from compliance.engine.loading import load_book
from compliance.gate.clock import SYSTEM_CLOCK
from compliance.gate.gate import Gate
from compliance.gate.logbook import Logbook
from compliance.gate.shelf import Shelf
from compliance.gate.sitting import Asked
from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 200
POINTS = 30
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def resident() -> float:
    """Return the megabytes that this process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 2**20


def asked(count: int) -> Iterator[list[Asked]]:
    """Yield orders, some at a time, of customers who have not ordered before."""
    for start in range(0, count, AT_ONCE):
        bodies = orders(min(AT_ONCE, count - start), seed=start)
        yield [
            Asked(
                raw=body.replace(b'"customer-', b'"customer-%d-' % start),
                key=IdempotencyKey("memory", f"{start}-{number}") if number % 10 == 0 else None,
            )
            for number, body in enumerate(bodies)
        ]


async def run(gate: Gate, count: int, seconds: float) -> list[dict[str, Any]]:
    """Take decisions until there are enough, or the time is over; return the memory along the way."""
    began, done, points = time.perf_counter(), 0, [{"decisions": 0, "mb": round(resident(), 1), "seconds": 0.0}]
    for together in asked(count):
        await asyncio.gather(*(gate.give_one(each) for each in together))
        done += len(together)
        passed = time.perf_counter() - began
        if done >= len(points) * count / POINTS or passed > len(points) * seconds / POINTS:
            points.append({"decisions": done, "mb": round(resident(), 1), "seconds": round(passed, 1)})
        if passed > seconds:
            break
    return points


def summary(points: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the points come to; growth is from a third of the decisions on."""
    last = points[-1]
    first = next(point for point in points if point["decisions"] >= last["decisions"] / 3)
    more = last["decisions"] - first["decisions"]
    return {
        "decisions": last["decisions"],
        "decisions_per_second": round(last["decisions"] / last["seconds"]),
        "mb": last["mb"],
        "grown_mb": round(last["mb"] - first["mb"], 1),
        "grown_mb_per_million": round((last["mb"] - first["mb"]) / more * 1_000_000, 1) if more else None,
        "points": points,
    }


def measure(folder: Path, count: int, seconds: float, **limits: int) -> dict[str, Any]:
    """Take decisions in a ledger of its own in `folder`, with these settings of it, and return the memory."""
    book = load_book()
    ledger = Ledger.open(LedgerSettings(f"sqlite:///{folder}/ledger.db", folder, **limits))
    try:
        logbook = Logbook(ledger)
        logbook.keep(book.rulebook)
        gate = Gate(Shelf(book, SYSTEM_CLOCK.now()), SYSTEM_CLOCK, logbook)
        return summary(asyncio.run(run(gate, count, seconds)))
    finally:
        ledger.close()


def main() -> None:
    """Measure, and print one line for each point, then the summary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=3_600.0, help="stop after so many")
    parser.add_argument("--ledger", type=Path, help="a folder that is not there yet, to keep the log in")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (chosen.ledger or Path(scratch)).absolute()
        found = measure(folder, chosen.decisions, chosen.seconds)
        size = (folder / "ledger.db").stat().st_size / 2**20
    for point in found.pop("points"):
        print(json.dumps(point))
    print(json.dumps({**found, "database_mb": round(size)}, indent=2))


if __name__ == "__main__":
    main()
