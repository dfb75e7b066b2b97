"""Each page of a mistake in a condition: examples, and what is said about them.

An example starts with `# condition`, or `# condition of trust` for a rule about trusts only, or `# condition x1000` for a
text written so often with `&&` between; then comes the text, a line `----`, and the diagnostics. `--update-golden`
writes what follows `----`.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from compliance.language.condition import check_condition
from compliance.language.render import render
from compliance.language.span import Source
from tests.language.words import scope, text

HERE = Path(__file__).parent
HEADER = "# condition"
PAGES = sorted(page for page in HERE.glob("*.txt") if page.read_text(encoding="utf-8").startswith(HEADER))
PACKAGE = Path(__file__).parents[3] / "compliance" / "language"
MODULES = ("builder", "calls", "checker", "mistakes", "naming", "operators", "parser")


def said_about(header: str, cel: str) -> str:
    kinds = re.search(r" of ([a-z, ]+)$", header)
    where = scope(frozenset(kinds[1].split(", ")) if kinds else None)
    if times := re.search(r" x(\d+)$", header):
        cel = " && ".join([cel] * int(times[1]))
    _, diagnostics = check_condition(text(cel), where)
    source = Source("a.yaml", cel)
    return "\n\n".join(render(each, {source.path: source}) for each in diagnostics)


def rewritten(page: Path) -> str:
    """The page with what is said now."""
    examples = []
    for example in re.split(r"^(?=# condition)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        header, _, body = example.partition("\n")
        cel = body.split("\n----\n")[0].rstrip("\n")
        examples.append(f"{header}\n{cel}\n----\n{said_about(header, cel)}\n")
    return "\n".join(examples)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_is_said(page, update_golden):
    said = rewritten(page)
    if update_golden:
        page.write_text(said, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == said


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_example_of_a_page_is_about_its_mistake(page):
    examples = page.read_text(encoding="utf-8").split("\n----\n")[1:]
    assert examples
    for example in examples:
        assert re.search(rf"^(error|warning)\[{page.stem}\]", example.split("\n# condition")[0], re.MULTILINE)


def slugs_in(module: str) -> set[str]:
    """Every hyphenated word among a module's strings: its slugs, since no other string is one."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {word for word in words if re.fullmatch(r"[a-z]+(-[a-z]+)+", word)}


def test_every_mistake_in_a_condition_has_a_page():
    slugs = {slug for module in MODULES for slug in slugs_in(module)}
    assert len(slugs) > 40
    assert sorted(slugs - {page.stem for page in PAGES}) == []
