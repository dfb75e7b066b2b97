"""The five broken files of the officer's tutorial show the diagnostics that stand below them."""

import re
import shutil
from pathlib import Path

import pytest

from compliance.language.loader import load_rulebook, read_folder
from compliance.language.render import render

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial" / "officer.md").read_text(encoding="utf-8")
MISTAKES = re.findall(r"^### \d\. ([^\n]+)\n\n```yaml\n(.*?)```\n```text\n(.*?)\n```$", PAGE, re.MULTILINE | re.DOTALL)


def test_there_are_five():
    assert len(MISTAKES) == 5


@pytest.mark.parametrize(("title", "text", "said"), MISTAKES, ids=[title for title, _, _ in MISTAKES])
def test_a_broken_file_shows_what_is_printed(title, text, said, tmp_path):
    for folder in ("rules", "jurisdictions"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "jurisdictions" / "BR.yaml").write_text(text)
    sources = read_folder(tmp_path)
    rulebook, diagnostics = load_rulebook(sources)
    by_path = {source.path: source for source in sources}
    assert rulebook is None
    assert "\n\n".join(render(found, by_path) for found in diagnostics) == said
