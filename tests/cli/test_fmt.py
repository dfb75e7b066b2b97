"""Files are put into their form, or named if they are not in it."""

import pytest

from compliance.cli.exits import Exit
from tests.cli.support import copy_of_tiny, run

CROOKED = """\
# Who reads.
rule: readers
says: whoever may know a document may read it   # a sentence
effect: permit
actions: [look]
when: subject.may_know
authority: [handbook]
"""
STRAIGHT = """\
# Who reads.
rule: readers
effect: permit
actions: [look]
when: subject.may_know
says: whoever may know a document may read it   # a sentence
authority: [handbook]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "readers.yaml"
    path.write_text(CROOKED)
    return path


def test_a_file_is_rewritten_with_its_comments(file):
    done = run("fmt", file)
    assert done.code == Exit.FINE
    assert file.read_text() == STRAIGHT


def test_a_second_time_changes_nothing(file):
    run("fmt", file)
    assert run("fmt", file, "--json").json["changed"] == []


def test_check_changes_nothing_and_says_so_with_its_exit_code(file):
    done = run("fmt", "--check", file)
    assert done.code == Exit.PROBLEMS
    assert "would change" in done.out
    assert file.read_text() == CROOKED


def test_a_folder_stands_for_its_files(tmp_path):
    book = copy_of_tiny(tmp_path)
    done = run("fmt", "--check", book, "--json")
    assert done.json["files"] == len(list(book.rglob("*.yaml")))


def test_what_is_not_there_is_bad_input(tmp_path):
    assert run("fmt", tmp_path / "nowhere.yaml").code == Exit.BAD_INPUT


def test_a_file_that_is_not_utf_8_is_bad_input(file):
    file.write_bytes(b"\xff\xfe")
    assert run("fmt", file).code == Exit.BAD_INPUT
