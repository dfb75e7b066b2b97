import shutil

import pytest

from compliance.cli.exits import Exit
from tests.cli.ledgers import FIVE, kept
from tests.cli.support import run

NEW = ("--origin", "example.com/log-2")
BOTH = ("--by", "ann", "--and", "bob", "--reason", "the disk died")


@pytest.fixture
def folder(tmp_path):
    """A ledger whose database is an older copy."""
    made = kept(tmp_path / "ledger", FIVE[:3])
    shutil.copy(made / "ledger.db", tmp_path / "backup.db")
    kept(made, FIVE[3:])
    shutil.copy(tmp_path / "backup.db", made / "ledger.db")
    return made


def test_two_persons_begin_a_new_log_with_what_was_signed_of_the_old_one(folder):
    before = (folder / "checkpoint").read_text()
    done = run("ledger", "new-epoch", "--ledger", folder, *NEW, *BOTH)
    assert done.code == Exit.FINE, done.err
    assert "start every service with `--origin example.com/log-2`" in done.out
    assert run("ledger", "fork", "--ledger", folder).code == Exit.FINE
    stats = run("ledger", "stats", "--ledger", folder, "--json").json
    assert (stats["origin"], stats["epochs"]) == ("example.com/log-2", 2)
    assert before.splitlines()[2] not in (folder / "checkpoint").read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*NEW, "--by", "ann", "--and", " Ann", "--reason", "x"), "two different persons"),
        ((*NEW, "--by", "ann", "--and", "bob", "--reason", " "), "takes a reason"),
        (("--origin", "example.com/log", *BOTH), "was used before"),
        (("--origin", "my log", *BOTH), "no spaces"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused(folder, words, says):
    done = run("ledger", "new-epoch", "--ledger", folder, *words)
    assert done.code == Exit.BAD_INPUT
    assert says in done.err


def test_where_nothing_is_wrong_it_takes_force(tmp_path):
    made = kept(tmp_path)
    refused = run("ledger", "new-epoch", "--ledger", made, *NEW, *BOTH)
    assert refused.code == Exit.BAD_INPUT
    assert "nothing is wrong with the log" in refused.err
    assert run("ledger", "new-epoch", "--ledger", made, *NEW, *BOTH, "--force").code == Exit.FINE


def test_where_no_log_is_there_is_none_to_go_on_from(tmp_path):
    done = run("ledger", "new-epoch", "--ledger", tmp_path / "nowhere", *NEW, *BOTH)
    assert done.code == Exit.BAD_INPUT
    assert "there is no new epoch: no log is stored there" in " ".join(done.err.split())
    assert not (tmp_path / "nowhere").exists()
