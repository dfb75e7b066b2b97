"""Each package has a page that names its modules in reading order, and fits on a screen."""

import re
from pathlib import Path

from tests.architecture.repository import packages, relative

LIMIT = 40


def members(package: Path) -> set[str]:
    """The names a package's page must give: its modules and the packages in it."""
    found = {path.stem for path in package.glob("*.py")} | {path.parent.name for path in package.glob("*/__init__.py")}
    return found - {"__init__", "__main__"}


def complaints(package: Path) -> list[str]:
    page = package / "README.md"
    if not page.is_file():
        return [f"{relative(page)} is missing"]
    text = page.read_text(encoding="utf-8")
    found = [
        f"{relative(page)} does not name `{name}`"
        for name in sorted(members(package))
        if not re.search(rf"`(?:[\w./]*[./])?{name}(?:\.py|/)?`", text)
    ]
    if (lines := len(text.splitlines())) > LIMIT:
        found.append(f"{relative(page)} has {lines} lines, more than {LIMIT}")
    return found


def test_each_package_has_a_short_page_naming_its_modules():
    found = [complaint for package in packages() for complaint in complaints(package)]
    assert not found, "\n".join(["packages without a page:", *found])


def test_a_page_may_name_a_module_with_its_suffix_or_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.architecture.repository.ROOT", tmp_path)
    for name in ("__init__.py", "reader.py", "writer.py", "parts.py", "left_out.py"):
        (tmp_path / name).touch()
    (tmp_path / "README.md").write_text("1. `reader.py` reads\n2. `language/writer` writes\n3. `parts`\n")
    assert complaints(tmp_path) == ["README.md does not name `left_out`"]
