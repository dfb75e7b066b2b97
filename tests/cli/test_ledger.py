import pytest

from compliance.cli.ledger import ledger
from tests.cli.support import run

COMMANDS = sorted(command.name or command.callback.__name__ for command in ledger.registered_commands)


@pytest.mark.parametrize("words", [("stats",), ("verify",), ("export", "--out", "out")])
def test_a_command_that_only_reads_makes_nothing_where_there_is_no_log(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("ledger", *words, "--ledger", "nowhere")
    assert (done.code, done.err.split("\n")[0]) == (2, "error: `nowhere`: no log is stored there")
    assert list(tmp_path.iterdir()) == []


def test_without_a_command_its_commands_are_listed():
    assert all(name in run("ledger", "--help").out for name in COMMANDS)
