"""A process that records decisions as fast as it can and prints each one that was answered. It is there to be killed.

Usage: worker.py <folder> <url> <first number>
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.ledger import Ledger
from tests.ledger.support import record, settings


async def ask(ledger: Ledger, numbers: itertools.count[int]) -> None:
    for number in numbers:
        recorded = await ledger.record(record(number, f"s{number % 50}"), IdempotencyKey("worker", str(number)))
        sys.stdout.write(f"{number} {recorded.index}\n")
        sys.stdout.flush()


async def main() -> None:
    folder, url, first = sys.argv[1:]
    ledger = Ledger.open(settings(Path(folder), url))
    sys.stdout.write("open\n")
    sys.stdout.flush()
    numbers = itertools.count(int(first))
    await asyncio.gather(*(ask(ledger, numbers) for _ in range(16)))


asyncio.run(main())
