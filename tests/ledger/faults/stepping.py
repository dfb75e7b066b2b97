"""`compliance serve` with a clock that a test can step: the machine's, and as many seconds as a file says.

Usage: python -m tests.ledger.faults.stepping OFFSET-FILE RULEBOOK LEDGER PORT ORIGIN
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from compliance.api.serve import serve
from compliance.ledger.settings import LedgerSettings


class SteppingClock:
    """Is off by what stands in a file whenever it is asked."""

    def __init__(self, file):
        self._file = file

    def now(self):
        return datetime.now(UTC) + timedelta(seconds=float(self._file.read_text()))


def main():
    offset, rulebook, folder, port, origin = sys.argv[1:]
    clock, place = SteppingClock(Path(offset)), Path(folder)
    settings = LedgerSettings(f"sqlite:///{place}/ledger.db", place, origin, clock=clock.now)
    serve(Path(rulebook), port=int(port), ledger=settings, clock=clock)


if __name__ == "__main__":
    main()
