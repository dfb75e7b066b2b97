"""What a verification found: how much was checked, and every problem with its place.

Invariant: a report without problems says that everything stored is as the log committed to it; what could not be
looked at (no keys at hand) is counted, never passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.note import encode_base64

MAX_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, and what."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"

    def __contains__(self, text: str) -> bool:
        return text in str(self)


@dataclass(slots=True)
class LogReport:
    """What was checked of one log (one epoch of the database)."""

    epoch: int
    origin: str
    size: int = 0
    root: bytes = b""
    covered_until: str | None = None
    """Log time of the last entry that the newest checkpoint covers."""
    newest_checkpoint: Checkpoint | None = None
    keys: list[str] = field(default_factory=list)
    master_keys: list[str] = field(default_factory=list)
    """When the key that wraps those of persons was changed."""
    checkpoints: int = 0
    witnessed: int = 0
    proofs: int = 0
    """RFC 6962 consistency proofs from one signed root to the next that hold."""
    tiles: int = 0
    opened: int = 0
    """Personal parts that were opened and are what the entries committed to."""
    erased: int = 0
    unread: int = 0
    """Personal parts that were only compared with the digest of their ciphertext: the keys are not at hand."""
    indexed: int = 0
    """Entries that the search index reaches."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        newest = self.newest_checkpoint
        return {
            "epoch": self.epoch,
            "origin": self.origin,
            "keys": self.keys,
            "master_key_changes": self.master_keys,
            "size": self.size,
            "root": encode_base64(self.root),
            "checkpoint": None if newest is None else {"size": newest.size, "covers_until": self.covered_until},
            "checkpoints": self.checkpoints,
            "witnessed": self.witnessed,
            "consistency_proofs": self.proofs,
            "tiles": self.tiles,
            "personal": {"opened": self.opened, "erased": self.erased, "unread": self.unread},
            "indexed": self.indexed,
        }


@dataclass(slots=True)
class Report:
    """What was checked of all logs of a database, and what is wrong: nothing, when `problems` is empty."""

    logs: list[LogReport] = field(default_factory=list)
    rulesets: int = 0
    receipts: int = 0
    claims: int = 0
    """Idempotency keys."""
    notes: list[str] = field(default_factory=list)
    """What is not wrong, but should be known."""
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    """Problems beyond the first hundred."""

    def problem(self, place: str, text: str) -> None:
        """Note a problem; after a hundred the rest is only counted."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.more += 1
            return
        clean = (part.encode("utf-8", "backslashreplace").decode() for part in (place, text))
        self.problems.append(Problem(*clean))

    @property
    def newest(self) -> LogReport:
        """The log that is appended to."""
        return self.logs[-1]

    @property
    def size(self) -> int:
        """How many entries the log has that is appended to."""
        return self.newest.size

    @property
    def root(self) -> bytes:
        """The root over them, as the stored entries give it."""
        return self.newest.root

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "good": not self.problems,
            "logs": [log.document() for log in self.logs],
            "rulesets": self.rulesets,
            "receipts": self.receipts,
            "idempotency_keys": self.claims,
            "notes": self.notes,
            "problems": [{"place": problem.place, "problem": problem.text} for problem in self.problems],
            "more_problems": self.more,
        }
