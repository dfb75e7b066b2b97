"""The schemas accept every file that ships and refuse what an editor should underline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from compliance.language.loader import load_rulebook, read_folder
from compliance.language.schema import kind_of, modeline, schemas

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [source for source in read_folder(ROOT) if kind_of(source.path) is not None]


@pytest.fixture(scope="module")
def found() -> Any:
    rulebook, _ = load_rulebook(read_folder(ROOT))
    assert rulebook is not None
    return schemas(rulebook)


def _parsed(text: str) -> Any:
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - every scalar stays text


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_every_shipped_file_fits_its_schema(source: Any, found: Any) -> None:
    kind = kind_of(source.path)
    assert kind is not None
    jsonschema_rs.Draft202012Validator(found[kind]).validate(_parsed(source.text))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("statements", "rule: a\neffect: alow\nactions: [buy]\nsays: b\nauthority: [c]\n"),
        ("statements", "rule: a\neffect: forbid\nactions: [bye]\nsays: b\nauthority: [c]\n"),
        ("statements", "rule: a\neffect: forbid\nactions: [buy]\nsays: b\n"),
        (
            "jurisdiction",
            "jurisdiction: BR\npositions:\n  - {layer: law, product: xstocks, acces: open, authority: [a]}\n",
        ),
        ("cases", "cases:\n  - {case: a, outcome: allowed}\n"),
        ("group", "group: a\nmembers: []\n"),
    ],
)
def test_a_mistake_does_not_fit(kind: str, text: str, found: Any) -> None:
    assert not jsonschema_rs.Draft202012Validator(found[kind]).is_valid(_parsed(text))


def test_the_schemas_are_schemas(found: Any) -> None:
    for schema in found.values():
        assert jsonschema_rs.meta.is_valid(schema)


def test_the_modeline_is_what_editors_read() -> None:
    assert modeline("cases") == "# yaml-language-server: $schema=.schemas/cases.json"
