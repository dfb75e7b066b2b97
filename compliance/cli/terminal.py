"""Print results on standard output and complaints on standard error, for people or for programs.

Invariant: with `--json`, standard output holds one JSON document and nothing else.
"""

from __future__ import annotations

import json
import os
import sys
import textwrap
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text

from compliance.cli.exits import Exit

WIDTH = 100
"""Columns where no terminal says how many it has: the same text in a pipe, in a file and in a test."""


def console(*, stderr: bool = False) -> Console:
    """Return a console that writes plain text of a fixed width where nobody watches."""
    made = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made = Console(stderr=stderr, highlight=False, soft_wrap=False, width=WIDTH)
    return made


def say(out: Console, text: str, style: str = "", *, indent: int = 0) -> None:
    """Print a paragraph whose lines all begin at `indent`; a word too long for a line, an address, stays whole."""
    width = max(20, out.width - indent)
    for row in textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]:
        out.print(Text(" " * indent + row, style=style), soft_wrap=True)


def print_json(document: object) -> None:
    """Write `document` as JSON, as it is: no colour, no wrapping."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def fail(message: str, *, help: str = "", code: Exit = Exit.BAD_INPUT) -> NoReturn:
    """Say on standard error what is wrong and how to go on, and end the command."""
    out = console(stderr=True)
    out.print(Text.assemble(("error: ", "bold red"), message))
    if help:
        out.print(Text.assemble(("  help: ", "cyan"), help))
    raise typer.Exit(code)
