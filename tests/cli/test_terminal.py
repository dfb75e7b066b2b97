"""What nobody watches has one width and no colour; addresses stay whole."""

from io import StringIO

import pytest
import typer
from rich.console import Console

from compliance.cli.exits import Exit
from compliance.cli.terminal import WIDTH, console, fail, print_json, say

ADDRESS = "https://example.org/" + "a" * 120


def said(text, **more):
    out = Console(file=StringIO(), width=40)
    say(out, text, **more)
    return out.file.getvalue()


def test_without_a_terminal_the_width_is_fixed(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert console().width == WIDTH


def test_the_user_may_state_a_width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "57")
    assert console().width == 57


def test_a_paragraph_wraps_below_its_indentation():
    lines = said("word " * 20, indent=4).splitlines()
    assert len(lines) > 1
    assert all(line.startswith("    word") and len(line) <= 40 for line in lines)


def test_an_address_is_never_cut():
    assert ADDRESS in said(f"see {ADDRESS}", indent=8).splitlines()[1]


def test_brackets_in_a_sentence_are_no_markup():
    assert said("[bold]no[/bold]") == "[bold]no[/bold]\n"


def test_json_keeps_letters_of_every_language(capsys):
    print_json({"name": "Türkiye"})
    assert capsys.readouterr().out == '{\n  "name": "Türkiye"\n}\n'


def test_a_failure_says_what_and_how_to_go_on(capsys):
    with pytest.raises(typer.Exit) as ended:
        fail("`x` is no product", help="did you mean `y`")
    assert ended.value.exit_code == Exit.BAD_INPUT
    assert capsys.readouterr().err == "error: `x` is no product\n  help: did you mean `y`\n"
