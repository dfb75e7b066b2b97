import pytest

from compliance.cli.ledger import ledger
from tests.cli.support import run

COMMANDS = sorted(command.name or command.callback.__name__ for command in ledger.registered_commands)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name in {"stats", "verify", "export"}])
def test_a_command_that_only_reads_makes_nothing_where_there_is_no_log(command, tmp_path):
    done = run("ledger", command, "--ledger", tmp_path / "nowhere")
    assert done.code == 2
    assert "no log is stored there" in done.err
    assert not (tmp_path / "nowhere").exists()


def test_without_a_command_its_commands_are_listed():
    assert all(name in run("ledger", "--help").out for name in COMMANDS)
