from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.engine.book import Book
from compliance.language.loader import load_rulebook, read_folder
from compliance.language.span import Source
from compliance.vocabulary.places import Group, Membership, Places

FOLDER = Path(__file__).parents[2] / "jurisdictions"


@dataclass(frozen=True, slots=True)
class Stated:
    """What the files of `jurisdictions/` state, read without the rule language's own reader."""

    parents: Mapping[str, Any]
    groups: Mapping[str, Any]
    places: Places


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  (text stays text)


def changed(changes: Mapping[str, tuple[str, str]]) -> Book:
    """The shipped rulebook with one text of a file replaced by another, by the path of the file."""
    sources = {source.path: source.text for source in read_folder(FOLDER.parent)}
    for path, (old, new) in changes.items():
        assert old in sources[path]
        sources[path] = sources[path].replace(old, new)
    rulebook, _ = load_rulebook([Source(path, text) for path, text in sources.items()], demand_cases=False)
    assert rulebook is not None
    return Book(rulebook)


def first_instant(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


def membership(stated: Mapping[str, Any]) -> Membership:
    effective = stated.get("effective", {})
    assert set(effective) <= {"from", "through"}
    start = first_instant(effective["from"]) if "from" in effective else None
    end = first_instant(effective["through"]) + timedelta(days=1) if "through" in effective else None
    return Membership(frozenset(stated["of"]), start, end)


@pytest.fixture(scope="session")
def stated() -> Stated:
    parents = read(FOLDER / "parents.yaml")
    files = {path.stem: read(path) for path in sorted((FOLDER / "groups").glob("*.yaml")) if ".cases" not in path.name}
    groups = {
        name: Group(content["group"], tuple(membership(each) for each in content["members"]))
        for name, content in files.items()
    }
    within = {line["code"]: line["within"] for line in parents["parents"]}
    return Stated(parents, files, Places(within, groups))
