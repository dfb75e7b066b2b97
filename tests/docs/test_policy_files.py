"""Files that the decisions of the house name are there, and the page on what is covered names every file of rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "docs" / "policy"
NAMED = re.compile(r"`((?:rules|jurisdictions|groups|docs)/[\w./-]+\.(?:yaml|md)|[A-Z]{2}\.yaml|parents\.yaml)`")
GENERAL = {"authorities", "personas", "vocabulary"}
"""Files of `rules/` that say nothing about who may do what."""


def place_of(name: str) -> Path:
    """Where a file stands that a page names from the root, or from `jurisdictions/`."""
    return ROOT / name if name.startswith(("rules/", "jurisdictions/", "docs/")) else ROOT / "jurisdictions" / name


@pytest.mark.parametrize("page", sorted(POLICY.glob("*.md")), ids=lambda page: page.stem)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    named = NAMED.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not place_of(name).is_file()] == []


def test_what_is_covered_names_every_file_of_rules_and_every_group() -> None:
    named = {place_of(name) for name in NAMED.findall((POLICY / "coverage.md").read_text(encoding="utf-8"))}
    held = {
        path
        for path in (*(ROOT / "rules").rglob("*.yaml"), *(ROOT / "jurisdictions" / "groups").glob("*.yaml"))
        if not path.name.endswith(".cases.yaml") and path.stem not in GENERAL
    }
    assert sorted(str(path.relative_to(ROOT)) for path in held - named) == []
