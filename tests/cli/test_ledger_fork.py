import shutil

import pytest

from compliance.cli.exits import Exit
from tests.cli.ledgers import FIVE, kept
from tests.cli.support import run


@pytest.fixture
def folder(tmp_path):
    """A ledger whose database is an older copy: two of its five decisions are missing."""
    made = kept(tmp_path / "ledger", FIVE[:3])
    shutil.copy(made / "ledger.db", tmp_path / "backup.db")
    kept(made, FIVE[3:])
    shutil.copy(tmp_path / "backup.db", made / "ledger.db")
    return made


def test_a_fork_says_sizes_roots_file_and_what_to_do(folder):
    done = run("ledger", "fork", "--ledger", folder, "--json")
    assert done.code == Exit.PROBLEMS
    said = done.json
    assert said["forked"] is True
    assert (said["signed"]["size"], said["stored"]["size"]) == (7, 5)
    assert said["signed"]["origin"] == said["stored"]["origin"] == "example.com/log"
    assert said["signed"]["file"] == str(folder / "checkpoint")
    assert said["signed"]["root"] in (folder / "checkpoint").read_text()
    assert said["missing"] == {"first": 5, "last": 6, "count": 2}
    assert "new-epoch" in said["what_to_do"][-1]


def test_a_fork_is_explained_in_words(folder):
    done = run("ledger", "fork", "--ledger", folder)
    assert done.code == Exit.PROBLEMS
    for words in ("the log forked", "restored from an older copy", "missing: 2 entries, 5 to 6", "what to do:"):
        assert words in " ".join(done.out.split())


def test_a_log_that_goes_on_is_none(tmp_path):
    made = kept(tmp_path)
    done = run("ledger", "fork", "--ledger", made)
    assert (done.code, done.out) == (Exit.FINE, "the database continues what was signed\n")
    assert run("ledger", "fork", "--ledger", made, "--json").json == {"forked": False}


def test_where_there_is_nothing_nothing_is_made(tmp_path):
    done = run("ledger", "fork", "--ledger", tmp_path / "nowhere")
    assert done.code == Exit.BAD_INPUT
    assert "no log is stored there" in " ".join(done.err.split())
    assert not (tmp_path / "nowhere").exists()
