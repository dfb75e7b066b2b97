"""A site is written where nothing else is, and an older one leaves nothing behind."""

import json

import pytest

from compliance.pages.folder import MANIFEST, NotOurs, write_site
from compliance.pages.rendering import Page

ONE = [Page("index.html", "a"), Page("rules/EEA/x.html", "bcd")]


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_site_is_written_with_a_list_of_its_files(tmp_path):
    count, size = write_site(tmp_path / "new" / "site", ONE, {"as_of": "2026-10-05"})
    folder = tmp_path / "new" / "site"
    assert files(folder) == ["index.html", MANIFEST, "rules/EEA/x.html"]
    assert count == 3
    assert size == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert json.loads((folder / MANIFEST).read_text())["files"] == ["index.html", "rules/EEA/x.html"]


def test_what_is_made_no_more_is_taken_away_with_its_folder(tmp_path):
    write_site(tmp_path, ONE, {})
    write_site(tmp_path, [Page("index.html", "new")], {})
    assert files(tmp_path) == ["index.html", MANIFEST]
    assert not (tmp_path / "rules").exists()
    assert (tmp_path / "index.html").read_text() == "new"


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(NotOurs, match="holds something else"):
        write_site(tmp_path, ONE, {})
    assert files(tmp_path) == ["thesis.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotOurs, match="is no folder"):
        write_site(tmp_path / "file", ONE, {})


@pytest.mark.parametrize("text", ["", "[]", '{"files": []}', '{"made_by": "compliance docs", "files": 1}'])
def test_a_list_of_somebody_else_makes_no_site_of_ours(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(NotOurs):
        write_site(tmp_path, ONE, {})


def test_a_list_cannot_have_files_outside_taken_away(tmp_path):
    (tmp_path / "outside.txt").write_text("mine")
    site = tmp_path / "site"
    write_site(site, ONE, {})
    listed = {"made_by": "compliance docs", "files": ["../outside.txt", str(tmp_path / "outside.txt"), "index.html"]}
    (site / MANIFEST).write_text(json.dumps(listed))
    write_site(site, ONE[1:], {})
    assert (tmp_path / "outside.txt").read_text() == "mine"
    assert not (site / "index.html").exists()
