"""Every link from one page to another leads somewhere, and every page is reached from the index."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("compliance/**/README.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
INDEX = ROOT / "docs" / "README.md"


def targets(page):
    return [(page.parent / link).resolve() for link in LINK.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_link_leads_to_a_page_or_a_folder(page):
    # The template of decisions shows what a link looks like.
    missing = [target for target in targets(page) if not target.exists() and "NNNN" not in target.name]
    assert not missing


def test_every_page_is_reached_from_the_index():
    reached, waiting = {INDEX}, [INDEX]
    while waiting:
        for target in targets(waiting.pop()):
            pages = [target] if target.is_file() else sorted(target.glob("*.md")) if target.is_dir() else []
            fresh = [page for page in pages if page.suffix == ".md" and page not in reached]
            reached |= set(fresh)
            waiting += fresh
    lost = [page.relative_to(ROOT).as_posix() for page in ROOT.glob("docs/**/*.md") if page not in reached]
    assert not lost
