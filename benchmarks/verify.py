"""Measure `ledger verify` on a log of its own: `python -m benchmarks.verify --entries 1000000 [--ledger FOLDER]`.

The entries are real decisions of the shipped rulebook, some hundred of them over and over under other ids and for other
customers; `--indexed` makes the search index too, which has ten times as many rows. Printed are seconds, entries a
second, the most memory that one process held, and what a million entries would take at that pace.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from rich.console import Console
from rich.progress import track

from benchmarks.customers import orders
from compliance.engine.loading import load_book
from compliance.gate.clock import SYSTEM_CLOCK
from compliance.gate.gate import Gate
from compliance.gate.library import kept_bytes
from compliance.gate.recorder import Receipted
from compliance.gate.records import decision_record
from compliance.gate.samples import samples
from compliance.gate.shelf import Shelf
from compliance.ledger.canonical import canonical
from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance.gate.recorder import Record
    from compliance.ledger.entry import DecisionRecord

SAMPLE = 300
CUSTOMERS = 50_000
GROUP = 500
_PATIENCE = 600
"""Seconds until a group must be durable: virtual machines stand still at times."""


class Keeper:
    """A recorder that keeps what it is given."""

    records = True
    trouble = None

    def __init__(self) -> None:
        """Begin with nothing."""
        self.kept: list[DecisionRecord] = []

    async def record(self, records: Sequence[Record]) -> list[Receipted]:
        """Keep what the log would keep."""
        self.kept += map(decision_record, records)
        return [Receipted(each.response, None) for each in records]


def fill(folder: Path, url: str, count: int, *, indexed: bool = False) -> None:
    """Write a log of `count` entries into a database, with the search index where it is asked for."""
    book, keeper = load_book(), Keeper()
    shelf = Shelf(book, SYSTEM_CLOCK.now())
    gate = Gate(shelf, SYSTEM_CLOCK, keeper)
    for body in orders(SAMPLE):
        asyncio.run(gate.answer(json.loads(body)))
    ledger = Ledger.open(LedgerSettings(url, folder))
    ledger.keep_ruleset(book.rulebook.digest, kept_bytes(book.rulebook))
    ledger.pack_by(book.rulebook.digest, partial(samples, shelf.current))
    for start in track(range(3, count, GROUP), "writing", console=Console(stderr=True), transient=True):
        futures = [ledger.append(_other(keeper.kept, number)) for number in range(start, min(start + GROUP, count))]
        for future in futures:
            future.result(_PATIENCE)
    if indexed:
        ledger.reader.index()
    ledger.close()


def _other(known: list[DecisionRecord], number: int) -> DecisionRecord:
    """Return a known decision under an id of its own, about another customer."""
    record = known[number % len(known)]
    public = json.loads(canonical(record.public)) | {"id": f"{number:032x}"}
    return replace(record, public=public, id=None, subject_id=f"customer-{number % CUSTOMERS}")


def measure(folder: Path, url: str, jobs: int | None = None) -> dict[str, Any]:
    """Verify a log by a command of its own."""
    command = [sys.executable, "-m", "compliance", "ledger", "verify", "--json"]
    command += ["--ledger", str(folder), "--database", url]
    command += [] if jobs is None else ["--jobs", str(jobs)]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    report = json.loads(done.stdout)
    size = report["logs"][0]["size"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "good": report["good"],
        "entries": size,
        "indexed": report["logs"][0]["indexed"],
        "seconds": round(seconds, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "entries_per_second": round(size / seconds),
        "million_in_seconds": round(seconds / size * 1_000_000, 1),
        "largest_process_mb": round(used.ru_maxrss / 1024),
        "database_mb": round(sum(file.stat().st_size for file in folder.glob("ledger.db")) / 2**20) or None,
    }


def main() -> None:
    """Fill a log, unless one is named that is there, and verify it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--ledger", type=Path, help="a folder to keep the log in, for another run")
    parser.add_argument("--jobs", type=int, help="processes that examine the log")
    parser.add_argument("--postgresql", metavar="URL", help="keep the log in this database, which is empty or has one")
    parser.add_argument("--indexed", action="store_true", help="make the search index, if the log is not there yet")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.ledger or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        url = chosen.postgresql or f"sqlite:///{folder.absolute()}/ledger.db"
        if not (folder / "checkpoint").exists():
            fill(folder.absolute(), url, chosen.entries, indexed=chosen.indexed)
        print(json.dumps(measure(folder, url, chosen.jobs), indent=2))


if __name__ == "__main__":
    main()
