"""Entries -> the figures of a log: how much of what, from when to when.

Invariant: everything is counted from the public parts of entries, so the figures need no key and name nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from compliance.ledger.entry import DECISION, ERASURE, stamped, terms
from compliance.ledger.reading import Entry


@dataclass(slots=True)
class Statistics:
    """What was counted; a decision counts once under each rule that determined it and each territory of those rules."""

    size: int = 0
    entry_bytes: int = 0
    sealed_bytes: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    kinds: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    instruments: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    territories: Counter[str] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    """Decisions by day of log time, in UTC."""
    rulesets: Counter[str] = field(default_factory=Counter)
    subjects: set[bytes] = field(default_factory=set)

    @property
    def erasures(self) -> int:
        """How often a person was erased."""
        return self.kinds[ERASURE]

    def add(self, entry: Entry) -> None:
        """Count one entry."""
        self.size += 1
        self.entry_bytes += len(entry.body)
        self.sealed_bytes += len(entry.sealed)
        self.first_at, self.last_at = self.first_at or entry.recorded_at, entry.recorded_at
        document = entry.document
        self.kinds[entry.kind] += 1
        if document["subject"] is not None:
            self.subjects.add(bytes.fromhex(document["subject"]))
        if entry.kind != DECISION:
            return
        self.days[entry.recorded_at.date().isoformat()] += 1
        self.rulesets[entry.ruleset_digest] += 1
        counters: dict[str, Counter[str]] = {
            "outcome": self.outcomes,
            "action": self.actions,
            "instrument": self.instruments,
            "rule": self.rules,
            "territory": self.territories,
        }
        for term in terms(entry.public):
            name, _, value = term.partition(":")
            counters[name][value] += 1

    def document(self) -> dict[str, Any]:
        """Return the figures as a JSON document, the most frequent first and days in order."""
        counted = ("kinds", "outcomes", "actions", "rules", "territories", "instruments", "rulesets")
        return {
            "size": self.size,
            "entry_bytes": self.entry_bytes,
            "sealed_bytes": self.sealed_bytes,
            "subjects": len(self.subjects),
            "erasures": self.erasures,
            "first_at": None if self.first_at is None else stamped(self.first_at),
            "last_at": None if self.last_at is None else stamped(self.last_at),
            **{name: dict(ordered(getattr(self, name))) for name in counted},
            "days": dict(sorted(self.days.items())),
        }


def statistics(entries: Iterable[Entry]) -> Statistics:
    """Count entries in one pass."""
    found = Statistics()
    for entry in entries:
        found.add(entry)
    return found


def ordered(counter: Counter[str]) -> list[tuple[str, int]]:
    """Return what was counted, the most frequent first, equals by name."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))
