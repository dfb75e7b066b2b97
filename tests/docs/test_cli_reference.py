"""The page about the command line names every command, every option and every exit code, and none that is not there."""

import re
from pathlib import Path

import pytest
import typer

from compliance.cli.app import app
from compliance.cli.exits import Exit

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([a-z]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def options(command):
    """Return the long options of a command, and of those below it."""
    below = getattr(command, "commands", {}).values()
    own = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    return own.union(*(options(one) for one in below)) - {"--help"}


def commands():
    return typer.main.get_command(app).commands


def test_each_command_has_a_section():
    assert set(SECTIONS) == set(commands())


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_a_section_names_the_options_that_there_are(name):
    said = set(re.findall(r"--[a-z][a-z-]*", SECTIONS[name]))
    assert said - {"--watch"} == options(commands()[name]) - {"--watch"}
    assert "--watch" not in options(commands()[name]) or "--watch" in said


def test_each_exit_code_is_listed():
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)} == {int(code) for code in Exit}
