"""Runs a command as the terminal would, and keeps small requests and rulebooks for it."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from compliance.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests" / "rulebooks" / "tiny"
NOW = "2026-06-01T09:00:00Z"
READ: dict[str, Any] = {
    "subject": {"type": "user", "id": "u-7", "properties": {"clearance": "internal", "department": "mathematics"}},
    "action": {"name": "read"},
    "resource": {"type": "document", "id": "notes"},
}


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return what it printed, as the one JSON document that it is."""
        return json.loads(self.out)


def run(*words: object, stdin: str | bytes = "") -> Done:
    """Run `compliance` with `words`."""
    done = CliRunner().invoke(app, [str(word) for word in words], input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def ask(request: Any, *words: object, command: str = "decide") -> Done:
    """Decide a request of the tiny rulebook as it stood at `NOW`."""
    return run(command, "-", "--rulebook", TINY, "--at", NOW, *words, stdin=json.dumps(request))


def reading(**properties: Any) -> dict[str, Any]:
    """Return a request to read, with more facts of the subject; `None` takes one out."""
    request = deepcopy(READ)
    request["subject"]["properties"] |= properties
    facts = request["subject"]["properties"]
    request["subject"]["properties"] = {name: value for name, value in facts.items() if value is not None}
    return request


def copy_of_tiny(folder: Path) -> Path:
    """Return a copy of the tiny rulebook that may be edited."""
    return Path(shutil.copytree(TINY, folder / "book"))
