"""`requirements.lock` pins all that `pyproject.toml` asks for, by hash, and names no place to fetch from."""

import re
import tomllib
from collections.abc import Iterator
from itertools import chain

from tests.architecture.repository import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normal(name: str) -> str:
    # Reference: PEP 503, normalized names
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for() -> Iterator[str]:
    for requirement in chain(PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        match = re.match(r"[\w.-]+", requirement)
        assert match, requirement
        yield normal(match[0])


def pinned() -> dict[str, str]:
    """Each pinned name with the lines that belong to it."""
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    return {normal(entry.partition("==")[0]): entry for entry in entries}


def test_everything_asked_for_is_pinned():
    assert set(asked_for()) <= pinned().keys()


def test_every_pin_has_a_hash():
    assert [name for name, entry in pinned().items() if "--hash=sha256:" not in entry] == []


def test_no_line_says_where_to_fetch():
    assert [line for line in LOCK.splitlines() if "//" in line or line.startswith("-")] == []
