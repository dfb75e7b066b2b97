"""The page about starts lists exactly what holds without one, as read on the day of its newest source."""

import re
from pathlib import Path

from compliance.engine.loading import load_book
from compliance.language.starts import Start, starts

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "policy" / "starts.md").read_text(encoding="utf-8")


def test_the_list_is_complete_and_up_to_date():
    listed = re.findall(r"^- (.+), as read on (\S+)$", PAGE, re.MULTILINE)
    undated = [begun for begun in starts(load_book().rulebook) if begun.start is Start.NONE]
    assert listed == [(begun.what, str(begun.read_on)) for begun in undated]


def test_each_is_listed_under_its_file():
    sections = re.split(r"^`(\S+)`$", PAGE, flags=re.MULTILINE)[1:]
    files = dict(zip(sections[::2], sections[1::2], strict=True))
    for begun in starts(load_book().rulebook):
        if begun.start is Start.NONE:
            assert f"- {begun.what}, as read on" in files[begun.span.path]
