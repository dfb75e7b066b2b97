import sqlite3

import pytest

from compliance.cli.exits import Exit
from tests.cli.ledgers import kept
from tests.cli.support import run


@pytest.fixture
def folder(tmp_path):
    return kept(tmp_path)


def edit(folder, statement):
    with sqlite3.connect(folder / "ledger.db") as connection:
        changed = connection.execute(statement).rowcount
    connection.close()
    return changed


def test_the_index_is_brought_up_to_the_last_entry(folder):
    done = run("ledger", "index", "--ledger", folder)
    assert (done.code, done.out) == (Exit.FINE, "the search index of example.com/log reaches 7 entries\n")
    (log,) = run("ledger", "verify", "--ledger", folder, "--json").json["logs"]
    assert log["indexed"] == 7


def test_programs_read_how_far_it_reaches(folder):
    done = run("ledger", "index", "--ledger", folder, "--json")
    assert done.json == {"logs": [{"origin": "example.com/log", "indexed": 7}]}


def test_an_index_that_verify_finds_wrong_is_right_once_it_is_made_anew(folder):
    run("ledger", "index", "--ledger", folder)
    assert edit(folder, "UPDATE ledger_term SET term = 'outcome:deny' WHERE term = 'outcome:allow'") > 0
    found = run("ledger", "verify", "--ledger", folder)
    assert found.code == Exit.PROBLEMS
    assert "compliance ledger index --anew" in found.out
    assert run("ledger", "index", "--ledger", folder).code == Exit.FINE
    assert run("ledger", "verify", "--ledger", folder).code == Exit.PROBLEMS
    assert run("ledger", "index", "--ledger", folder, "--anew").code == Exit.FINE
    assert run("ledger", "verify", "--ledger", folder).code == Exit.FINE


def test_where_there_is_no_log_nothing_is_made(tmp_path):
    done = run("ledger", "index", "--ledger", tmp_path / "none")
    assert (done.code, "no log is stored there" in " ".join(done.err.split())) == (Exit.BAD_INPUT, True)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_written_is_left_alone(folder):
    edit(folder, "CREATE TRIGGER still BEFORE INSERT ON ledger_term BEGIN SELECT RAISE(ABORT, 'still'); END")
    done = run("ledger", "index", "--ledger", folder)
    assert (done.code, "the search index was not brought up" in done.err) == (Exit.FAILED, True)
