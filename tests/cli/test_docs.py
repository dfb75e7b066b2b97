"""`compliance docs` writes a site, says what it wrote, and leaves other people's folders alone."""

import json

import pytest

from compliance import load
from compliance.cli.docs import CUSTOMER
from tests.cli.support import NOW, TINY, run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs") / "site"
    return folder, run("docs", folder, "--rulebook", TINY, "--at", NOW)


def test_it_writes_a_site_and_says_where_it_begins(made):
    folder, done = made
    assert done.code == 0
    assert "index.html" in done.out.replace("\n", "")
    assert (folder / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert json.loads((folder / "pages.json").read_text())["as_of"] == NOW


def test_it_writes_over_its_own_site(made):
    folder, _ = made
    done = run("docs", folder, "--rulebook", TINY, "--at", NOW, "--json")
    assert done.code == 0
    assert done.json["as_of"] == NOW
    assert done.json["files"] == sum(path.is_file() for path in folder.rglob("*"))
    assert done.json["bytes"] == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_it_does_not_write_into_a_folder_that_holds_something_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    done = run("docs", tmp_path, "--rulebook", TINY)
    assert done.code == 2
    assert "holds something else" in " ".join(done.err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_persona_that_there_is_not_is_refused_with_a_name_near_to_it(tmp_path):
    done = run("docs", tmp_path / "site", "--customer", "verified-retial")
    assert done.code == 2
    assert "verified-retail" in done.err
    assert not (tmp_path / "site").exists()


def test_an_instant_that_is_none_is_refused(tmp_path):
    assert run("docs", tmp_path / "site", "--at", "yesterday").code == 2


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("docs", tmp_path / "file" / "site", "--rulebook", TINY)
    assert done.code == 2
    assert "cannot be written" in " ".join(done.err.split())


def test_the_shipped_rulebook_has_the_usual_customer():
    assert load().rulebook.personas[CUSTOMER].means
