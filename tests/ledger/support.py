"""What several of the ledger's tests need: records, ledgers, a clock that can be set."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from compliance.ledger.entry import DecisionRecord
from compliance.ledger.settings import LedgerSettings

RULESET = "sha256:" + "0" * 64


def record(number: int = 0, subject: str | None = "alice", **public: Any) -> DecisionRecord:
    """A decision with everything a real one has, told apart by its number."""
    return DecisionRecord(
        public={"id": f"d{number}", "outcome": "allow", "action": "buy", **public},
        personal={"subject.residence": "CH", "number": number},
        subject_id=subject,
        ruleset_digest=RULESET,
        request=b'{"number":%d}' % number,
        response=b'{"id":"d%d","outcome":"allow"}' % number,
    )


def settings(folder: Path, url: str | None = None, **changes: Any) -> LedgerSettings:
    """Settings of a ledger in a folder."""
    made = LedgerSettings(database_url=url or f"sqlite:///{folder}/log.db", folder=folder / "keys")
    return replace(made, origin="example.com/log", **changes)


class Clock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def without_checkpoint(folder: Path) -> None:
    """Remove what was kept outside the database, as whoever wants a restored database to go unnoticed would."""
    for path in folder.glob("checkpoint*"):
        path.unlink()


def samples(count: int = 400, seed: int = 1) -> list[bytes]:
    """Frames that have in common what answers have: a few sentences of a rulebook, in whatever order, and numbers."""
    chance = random.Random(seed)
    said = [
        f"Rule {number}: a person who resides in {place} may not {verb} an instrument of this issuer, since the law of "
        f"{place} asks for a licence that the venue does not have; see https://example.com/{place}/{number}."
        for number, (place, verb) in enumerate(
            product(("Mexico", "Kenya", "Chile", "Ghana"), ("buy", "sell", "receive"))
        )
    ]
    return [f'{{"n":{chance.random()},"grounds":{chance.sample(said, 6)}}}'.encode() for _ in range(count)]
