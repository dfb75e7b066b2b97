"""What both of this project's own engines share: the rulebook as a folder, requests as JSON would carry them."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.facts import FACTS
from benchmarks.model import Answer, Request, Rulebook
from benchmarks.rulebook import INSTRUMENT, KIND, write_folder

INSTANT = datetime(2026, 10, 5, 12, tzinfo=UTC)


def load_book(rulebook: Rulebook) -> Any:
    """Write the rulebook, read it, and give it as it stands at a fixed instant."""
    from compliance import load  # noqa: PLC0415 - only in this engine's own process

    with tempfile.TemporaryDirectory() as folder:
        write_folder(rulebook, Path(folder))
        return load(folder).at(INSTANT)


def body(request: Request) -> dict[str, Any]:
    """Lay a request out as JSON would carry it."""
    zones: dict[str, dict[str, Any]] = {"subject": {}, "action": {}, "resource": {}, "context": {}}
    for name, value in request.facts.items():
        zones[FACTS[name].group][name] = sorted(value) if isinstance(value, frozenset) else value
    return {
        "subject": {"type": KIND, "id": "s", "properties": zones["subject"]},
        "action": {"name": request.action, "properties": zones["action"]},
        "resource": {"type": "instrument", "id": INSTRUMENT, "properties": zones["resource"]},
        "context": zones["context"],
    }


def read(verdict: Any) -> Answer:
    """Read a verdict: identifiers without the file they stand in."""
    return str(verdict.outcome), [rule.id.rpartition("/")[2] for rule in verdict.grounds]


def read_decision(decision: Any) -> Answer:
    """Read an explained decision; what blocks an incomplete one are its requirements too."""
    names = [ground.rule.rpartition("/")[2] for ground in decision.grounds]
    return str(decision.outcome), names
