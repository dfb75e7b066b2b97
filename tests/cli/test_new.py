"""A scaffold is red until it is filled, and green once it is."""

import pytest

from compliance.cli.exits import Exit
from compliance.cli.new import words_of
from compliance.language.loader import read_folder
from compliance.language.span import Source
from tests.cli.support import ROOT, TINY, copy_of_tiny, run

FILLED = """\
rule: no-night-reading
effect: forbid
actions: [look]
when: subject.clearance == "none"
says: nobody without a clearance reads
authority: [handbook]
"""
CASE = """\
as_of: 2026-06-01T09:00:00Z
cases:
  - case: who has no clearance reads nothing
    as: mathematician
    subject: {clearance: none}
    outcome: deny
    grounds: [no-night-reading]
"""


@pytest.fixture
def book(tmp_path):
    return copy_of_tiny(tmp_path)


def test_a_new_rule_is_red_until_it_is_filled(book):
    done = run("new", "rule", "no-night-reading", "--theme", "access", "--rulebook", book)
    assert done.code == Exit.FINE
    checked = run("check", book)
    assert checked.code == Exit.PROBLEMS
    assert "rules/access/no-night-reading.yaml:2:8" in checked.out
    assert "rules/access/no-night-reading.cases.yaml:" in checked.out
    (book / "rules/access/no-night-reading.yaml").write_text(FILLED)
    (book / "rules/access/no-night-reading.cases.yaml").write_text(CASE)
    assert run("check", book).code == Exit.FINE


def test_a_scaffold_uses_the_words_of_the_rulebook(book):
    run("new", "rule", "x", "--rulebook", book)
    text = (book / "rules/house/x.yaml").read_text()
    assert "classes of them: look, change" in text
    assert all(line == line.rstrip() for line in text.splitlines())


def test_a_new_jurisdiction_is_red_until_it_is_filled(book):
    done = run("new", "jurisdiction", "CH", "--rulebook", book, "--json")
    assert len(done.json["written"]) == 2
    text = (book / "jurisdictions/CH.yaml").read_text()
    assert "jurisdiction: CH\nname: Switzerland\n" in text
    assert run("check", book).code == Exit.PROBLEMS


def test_a_name_that_yaml_would_misread_is_quoted(book):
    run("new", "jurisdiction", "TZ", "--rulebook", book)
    assert 'name: "Tanzania, United Republic of"' in (book / "jurisdictions/TZ.yaml").read_text()


def test_what_is_there_is_never_written_over(book):
    done = run("new", "rule", "reading", "--theme", "access", "--rulebook", book)
    assert done.code == Exit.PROBLEMS
    assert "is there already" in " ".join(done.err.split())
    assert (book / "rules/access/reading.yaml").read_text() == (TINY / "rules/access/reading.yaml").read_text()


@pytest.mark.parametrize("name", ["Upper", "../up", "a b", "a_b", ""])
def test_a_name_is_a_slug(book, name):
    assert run("new", "rule", name, "--rulebook", book).code == Exit.BAD_INPUT


@pytest.mark.parametrize(
    ("code", "said"), [("ch", "did you mean `CH`"), ("Switzerland", "did you mean `CH`"), ("QQ", "QQ")]
)
def test_a_code_is_a_territory(book, code, said):
    done = run("new", "jurisdiction", code, "--rulebook", book)
    assert done.code == Exit.BAD_INPUT
    assert said in done.err


def test_words_are_read_from_a_rulebook_that_does_not_compile():
    broken = Source("rules/house/x.yaml", "rule: [")
    found = words_of([*read_folder(ROOT), broken])
    assert found["classes"] == ("entry", "move", "exit")
    assert found["access"][0] == "open"
    assert found["personas"][0] == "verified-retail"
    assert found["products"][0] == "xstocks"


def test_without_a_vocabulary_there_are_gaps():
    assert set(words_of([]).values()) == {("",)}
