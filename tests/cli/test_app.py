"""Whatever is typed ends with an exit code, and help is there at once."""

import subprocess
import sys

import pytest

from compliance.cli import app as module
from compliance.cli.app import TRACEBACK, app, main
from compliance.cli.exits import Exit
from tests.cli.support import ROOT, run

COMMANDS = ("check", "decide", "explain", "coverage", "instruments", "serve", "fmt", "schema", "new")


def test_help_names_every_command():
    assert all(command in run("--help").out for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    assert run(command, "--help").code == Exit.FINE


@pytest.mark.parametrize("words", [("decode",), ("decide",), ("check", "--jsn"), ("serve", "--port", "0")])
def test_a_wrong_command_line_is_bad_input(words):
    done = run(*words)
    assert done.code == Exit.BAD_INPUT
    assert "Traceback" not in done.err


def test_help_loads_neither_the_web_nor_the_engine():
    program = (
        "import sys; sys.argv = ['compliance', '--help']\n"
        "from compliance.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "loaded = {name for name in sys.modules if name.startswith(('fastapi', 'uvicorn', 'sqlmodel', 'lark'))}\n"
        "loaded |= {name for name in sys.modules if name.startswith(('compliance.engine', 'compliance.api'))}\n"
        "sys.exit(', '.join(sorted(loaded)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def failing():
    raise RuntimeError("on purpose")


def test_a_failure_of_the_program_is_no_decision_and_no_traceback(monkeypatch, capsys):
    monkeypatch.setattr(module, "app", failing)
    monkeypatch.delenv(TRACEBACK, raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == Exit.FAILED
    assert "nothing was decided" in capsys.readouterr().err


def test_a_traceback_is_there_for_who_asks(monkeypatch):
    monkeypatch.setattr(module, "app", failing)
    monkeypatch.setenv(TRACEBACK, "1")
    with pytest.raises(RuntimeError, match="on purpose"):
        main()


def test_a_reader_that_leaves_early_is_no_traceback():
    command = f"{sys.executable} -c 'from compliance.cli import main; main()' coverage --json | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_the_program_keeps_no_completion_of_its_own():
    assert app.info.name == "compliance"
