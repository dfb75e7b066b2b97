"""What a large rulebook costs in process: to make ready, to compile whole, to decide by, to search; many; proofs.

`python -m benchmarks.scale [--quick]`. Every figure is the least of several, in processor time. What is decided twice
is decided alike: that is checked, as is what is found.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console
from rich.table import Table

from benchmarks.engines import handwritten
from benchmarks.engines.ours import INSTANT, body
from benchmarks.model import Request
from benchmarks.rulebook import write_folder
from benchmarks.worker import resident_mb
from benchmarks.workload import Size, Workload, make_workload
from compliance.engine.book import Book, BookAt
from compliance.engine.loading import load_book
from compliance.gate.search import allowed_resources
from compliance.language.loader import load_rulebook, read_folder
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.merkle import leaf_hash, verify_inclusion
from compliance.ledger.note import Signer
from compliance.ledger.proof import Receipt, receipt_json
from compliance.ledger.proof import proofs as shared_proofs
from compliance.ledger.tree import Edge

GROWTH = (50, 2_750, 9_750)
"""Rules added for places that no request names: 300, 3,000 and 10,000 in all."""
WHOLE = 2_750
"""The rulebook of 3,000 rules of which every slice is compiled: 240 places, 6 actions."""
INSTRUMENTS = 1_000
GROUP = 32
"""Records of a group: as many as there are connections."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, beside what was wanted."""

    what: str
    figure: str
    wanted: str
    holds: bool


def settle() -> None:
    """Keep the collector away from what is there, as the service does once it has read its rules."""
    gc.collect()
    gc.freeze()


def least(work: Callable[[], object], times: int) -> float:
    """Return the least processor time of doing it so many times, in seconds."""
    found = []
    settle()
    for _ in range(times):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def in_folder(workload: Workload) -> tuple[Any, float]:
    """Return the workload's rulebook, read from files, and how long reading took."""
    with tempfile.TemporaryDirectory() as folder:
        write_folder(workload.rulebook, Path(folder))
        started = time.process_time()
        rulebook, diagnostics = load_rulebook(read_folder(Path(folder)))
        seconds = time.process_time() - started
    if rulebook is None:
        raise ValueError(diagnostics[0].message)
    return rulebook, seconds


def growth(times: int) -> Iterator[Row]:
    """Measure rulebooks of growing size of which the same rules matter."""
    first: float | None = None
    for ballast in GROWTH:
        workload = make_workload(Size(ballast=ballast), count=400)
        rulebook, read = in_folder(workload)
        asked = [body(request) for request in workload.requests if request.complete]
        settle()
        started = time.process_time()
        at = Book(rulebook).at(INSTANT)
        at.decide(asked[0])
        ready = time.process_time() - started
        for each in asked * 2:
            at.judge(each)
        yard = handwritten.load(workload.rulebook, "sliced")
        flat = [yard.prepare(request) for request in workload.requests if request.complete]
        ratio = least(lambda: [at.judge(each) for each in asked], times) / least(  # noqa: B023 - used at once
            lambda: [yard.decide(each) for each in flat],  # noqa: B023 - used at once
            times,
        )
        first = first or ratio
        rules = f"{len(workload.rulebook.rules):,} rules"
        yield Row(f"{rules}: read and check all files", f"{read:.1f} s", "", holds=True)
        wanted = "100 ms" if ballast <= WHOLE else ""
        holds = ready < 0.1 or not wanted
        yield Row(f"{rules}: first decision after that, explained", f"{ready * 1e3:.0f} ms", wanted, holds=holds)
        yield Row(
            f"{rules}: one decision from a dictionary, beside 300 rules",
            f"{ratio / first:.2f} x",
            "1.2 x",
            holds=ratio / first < 1.2,
        )


def whole() -> Iterator[Row]:
    """Compile every slice of a rulebook, for known and for unknown facts."""
    workload = make_workload(Size(ballast=WHOLE), count=400)
    rulebook, _ = in_folder(workload)
    at = Book(rulebook).at(INSTANT)
    slices = [key for key in workload.rulebook.slices() if key[1]]
    complete = next(request for request in workload.requests if request.complete)
    asked = [
        body(Request(action, facts, complete=False))
        for action, home in slices
        for facts in ({**complete.facts, "residence": home}, {"residence": home})
    ]
    at.book.warm(INSTANT)
    settle()
    before, started = resident_mb(), time.process_time()
    for each in asked:
        at.judge(each)
    seconds = time.process_time() - started
    gc.collect()
    grown = resident_mb() - before
    what = f"{len(workload.rulebook.rules):,} rules: all {len(slices):,} slices, known and unknown facts"
    yield Row(what, f"{seconds:.1f} s", "5 s", holds=seconds < 5)
    yield Row(what, f"{grown:.0f} MB", "60 MB", holds=grown < 60)


def instruments(book: Book) -> Book:
    """Return the shipped rulebook with a thousand instruments: products, classes, chains and flags of those it has."""
    entries = list(book.rulebook.catalogue["instrument"].values())
    made = {}
    for number, entry in enumerate(itertools.islice(itertools.cycle(entries), INSTRUMENTS)):
        own = {path: f"{value}-{number}" for path, value in entry.facts.items() if path.rpartition(".")[2] in _NAMES}
        made[f"{entry.id}-{number}"] = replace(entry, id=f"{entry.id}-{number}", facts={**entry.facts, **own})
    return Book(replace(book.rulebook, catalogue={**book.rulebook.catalogue, "instrument": made}))


_NAMES = {"name", "isin", "mint", "underlying", "underlying_isin"}
CUSTOMER = {
    "residence": "MX",
    "citizenships": ["MX"],
    "tax_residences": ["MX"],
    "green_card": False,
    "us_days_this_year": 0,
    "us_indicia": [],
    "us_indicia_checked_at": "2026-09-01T09:00:00Z",
    "age": 40,
    "acts_for_us_person": False,
    "identity_verified": True,
    "identity_verified_at": "2026-09-01T09:00:00Z",
    "sanctions_screening": "clear",
    "screened_at": "2026-10-05T06:00:00Z",
    "investor_class": "retail",
}


def searches(times: int) -> Iterator[Row]:
    """Search a thousand instruments, for what a customer may buy and sell."""
    at = instruments(load_book()).at(INSTANT)
    at.warm()
    declared = frozenset(at.ruleset.vocabulary.obligations)
    for action in ("buy", "sell"):
        asked = {
            "subject": {"type": "natural-person", "id": "customer-1", "properties": CUSTOMER},
            "action": {"name": action},
            "resource": {"type": "instrument"},
            "context": {"location": "MX", "distributor": "payward-bermuda"},
        }
        found: list[str] = asyncio.run(allowed_resources(at, asked, declared))
        if not found:
            raise ValueError(action)
        seconds = least(lambda: asyncio.run(allowed_resources(at, asked, declared)), times)  # noqa: B023 - used at once
        what = f"search {INSTRUMENTS:,} instruments: {len(found):,} that a customer may {action}"
        yield Row(what, f"{seconds * 1e3:.1f} ms", "5 ms", holds=seconds < 0.005)


def many(times: int) -> Iterator[Row]:
    """Answer many at once, beside one call for each."""
    workload = make_workload(count=2_000)
    rulebook, _ = in_folder(workload)
    at: BookAt = Book(rulebook).at(INSTANT)
    asked = [body(request) for request in workload.requests]
    expected = [(found.outcome, tuple(ground.rule for ground in found.grounds)) for found in map(at.decide, asked)]
    if [(found.outcome, found.grounds) for found in at.decide_many(asked)] != expected:
        raise ValueError("answered otherwise together than alone")
    single = least(lambda: [at.decide(each) for each in asked], times)
    read = least(lambda: [at.verdict(at.request(each)) for each in asked], times)
    ways: list[tuple[str, Any]] = [("a list", asked)]
    try:
        import pyarrow as pa  # noqa: PLC0415 - not needed for anything else
    except ImportError:
        pass
    else:
        ways.append(("an Arrow table", pa.table(columns(asked))))
    for name, given in ways:
        together = least(lambda: at.decide_many(given), times)  # noqa: B023 - used at once
        figure = f"{single / together:.2f} x (without explanations {read / together:.2f} x)"
        what = f"decide_many of {name}, beside a call of decide for each"
        yield Row(what, figure, "1.5 x", holds=single / together >= 1.5)


def columns(asked: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Lay requests out as columns."""
    made: dict[str, list[Any]] = {}
    for number, each in enumerate(asked):
        row: dict[str, Any] = {f"subject.{name}": each["subject"][name] for name in ("type", "id")}
        row |= {
            "action.name": each["action"]["name"],
            "resource.type": "instrument",
            "resource.id": each["resource"]["id"],
        }
        zones = {part: each[part]["properties"] for part in ("subject", "action", "resource")}
        for zone, facts in {**zones, "context": each["context"]}.items():
            row |= {f"{zone}.{name}": value for name, value in facts.items()}
        for name, value in row.items():
            made.setdefault(name, [None] * len(asked))[number] = value
    return made


def proofs(times: int, size: int) -> Iterator[Row]:
    """Append a group to the tree of a long log, and prove each record of it."""
    edge = Edge(0, ()).grow([leaf_hash(b"%d" % number) for number in range(size)]).after
    entries = [b"%d" % number * 150 for number in range(GROUP)]
    signer = Signer("example.com/log", Ed25519PrivateKey.generate())
    note = str(Checkpoint(signer.name, size, bytes(32)).signed([signer]))

    def work() -> list[bytes]:
        growth = edge.grow([leaf_hash(entry) for entry in entries])
        places = range(size, size + GROUP)
        proved = zip(entries, places, shared_proofs(growth, places, note), strict=True)
        return [receipt_json(entry, index, own, rest) for entry, index, (own, _, rest) in proved]

    first = Receipt.of_text(json.loads(work()[0]))
    after = edge.grow([leaf_hash(entry) for entry in entries])
    verify_inclusion(size, after.size, leaf_hash(entries[0]), first.path, after.root)
    seconds = least(work, times) / GROUP
    what = f"append to a tree of {size:,}, {GROUP} together, and write the proof of each"
    yield Row(what, f"{seconds * 1e6:.1f} us a record", "20 us", holds=seconds < 20e-6)


def show(console: Console, rows: Iterable[Row]) -> bool:
    """Print the figures; say whether all hold."""
    table = Table(title="In process, one core, least processor time of several", title_justify="left")
    for name in ("what", "figure", "wanted", ""):
        table.add_column(name)
    every = True
    for row in rows:
        every = every and row.holds
        table.add_row(row.what, row.figure, row.wanted, "" if row.holds else "not reached")
    console.print(table)
    return every


def main(words: list[str] | None = None) -> int:
    """Measure and print; a figure that is not reached is no failure, since machines differ."""
    parser = argparse.ArgumentParser(description="Measure in process what a large rulebook costs.")
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    times = 5 if parser.parse_args(words).quick else 25
    console = Console() if sys.stdout.isatty() else Console(width=140)
    size = 100_000 if times < 25 else 1_000_000
    show(console, itertools.chain(searches(times * 4), many(times), proofs(times * 4, size), whole(), growth(times)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
