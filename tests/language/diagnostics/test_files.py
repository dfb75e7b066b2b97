"""Each page of a mistake in a file: examples, and what is said about them.

An example changes the small rulebook of `tests/language/small.py`. It is one or more lines `# file <path>`, each followed
by what the file holds instead, or `# without <path>`; then a line `----` and the diagnostics, and between two examples a line
`====`. Behind the path may stand `twice` (the file is given twice), `x1000000` (so many times the text), `escaped` (a
backslash and `u` stand for what cannot be seen) or `with cases` (cases are demanded); a line `# on <date>` asks for review
dates on that day, too. `--update-golden` writes what follows `----`.
"""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from compliance.language.loader import load_rulebook
from compliance.language.render import render
from compliance.language.reviews import reviews
from compliance.language.span import Source
from tests.language.small import FILES

HERE = Path(__file__).parent
HEADER = re.compile(r"^# (file|without|on) (\S+)(?: (.+))?$", re.MULTILINE)
PAGES = sorted(page for page in HERE.glob("*.txt") if HEADER.match(page.read_text(encoding="utf-8")))
PACKAGE = Path(__file__).parents[3] / "compliance" / "language"
MODULES = (
    "access_reader",
    "authorities",
    "cases",
    "catalogues",
    "condition_reader",
    "documents",
    "examples",
    "expansion",
    "fact_reader",
    "fields",
    "invariants",
    "jurisdictions",
    "known",
    "loader",
    "memory",
    "node_values",
    "parameters",
    "periods",
    "places_reader",
    "reader",
    "requests",
    "resolver",
    "reviews",
    "rules",
    "statements",
    "traps",
    "type_parser",
    "vocabulary_reader",
    "yaml_errors",
)
GROUNDS = {"no-position", "nothing-permits", "rule-error", "stale-source"}
"""Hyphenated words that are no slugs: what a decision says where no rule speaks."""


def slug_of(page: Path) -> str:
    """The mistake that a page is about; `.files` tells it from the page about conditions."""
    return page.stem.removesuffix(".files")


def said_about(example: str) -> str:
    files = dict(FILES)
    given: list[Source] = []
    demand_cases = False
    day: datetime | None = None
    parts = HEADER.split(example)
    for what, path, how, text in zip(parts[1::4], parts[2::4], parts[3::4], parts[4::4], strict=True):
        files.pop(path, None)
        demand_cases = demand_cases or how == "with cases"
        if what == "on":
            day = datetime.combine(date.fromisoformat(path), time(), UTC)
        if what != "file":
            continue
        held = text.removeprefix("\n")
        if how == "escaped":
            held = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), held)
        if times := re.fullmatch(r"x(\d+)", how or ""):
            held *= int(times[1])
        given += [Source(path, held)] * (2 if how == "twice" else 1)
    sources = [*given, *(Source(path, text) for path, text in files.items())]
    rulebook, diagnostics = load_rulebook(sources, demand_cases=demand_cases)
    if day is not None:
        assert rulebook is not None
        diagnostics = [*diagnostics, *reviews(rulebook, day)]
    by_path = {source.path: source for source in sources}
    return "\n\n".join(render(each, by_path) for each in diagnostics)


def examples(page: Path) -> list[tuple[str, str]]:
    """Each example of a page with what the page says about it."""
    found = []
    for example in page.read_text(encoding="utf-8").split("\n====\n"):
        files, _, said = example.partition("\n----\n")
        found.append((files.removesuffix("\n----") + "\n", said.removesuffix("\n")))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_is_said(page, update_golden):
    said = [(example, said_about(example)) for example, _ in examples(page)]
    if update_golden:
        page.write_text("\n====\n".join(f"{example}----\n{text}" for example, text in said) + "\n", encoding="utf-8")
    assert examples(page) == said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_example_of_a_page_is_about_its_mistake_and_nothing_else(page):
    for example, said in examples(page):
        slugs = re.findall(r"^(?:error|warning)\[([a-z-]+)\]", said, re.MULTILINE)
        assert set(slugs) == {slug_of(page)}, example


def slugs_in(module: str) -> set[str]:
    """Every hyphenated word among a module's strings: its slugs, since no other string is one."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)+", word)} - GROUNDS


def test_every_mistake_in_a_file_has_a_page():
    slugs = {slug for module in MODULES for slug in slugs_in(module)}
    assert len(slugs) > 100
    assert sorted(slugs - {slug_of(page) for page in PAGES}) == []


def test_no_page_is_about_a_mistake_that_nobody_can_make():
    slugs = {slug for module in MODULES for slug in slugs_in(module)}
    assert sorted({slug_of(page) for page in PAGES} - slugs) == []
