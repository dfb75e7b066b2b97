"""Turn what a command line names into what commands work on: a folder, an instant, a request, a rulebook.

Invariant: whatever is wrong with them ends the command with a sentence and an exit code, never with a traceback.
"""

from __future__ import annotations

import errno
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from compliance.cli.exits import Exit
from compliance.cli.terminal import console, fail, print_json

if TYPE_CHECKING:
    from compliance.engine.book import Book
    from compliance.engine.envelope import Problem
    from compliance.language.diagnostic import Diagnostic
    from compliance.language.loader import CatalogueBook
    from compliance.language.span import Source

LONGEST_REQUEST = 1_000_000
"""Bytes of a request that are read: what a service takes, a file may hold."""


def folder_of(rulebook: Path | None) -> Path:
    """Return the folder of the rulebook that is meant: the one named, the one we stand in, or the shipped one."""
    from compliance.engine.loading import shipped_folder

    if rulebook is None:
        here = Path()
        return here if (here / "rules" / "vocabulary.yaml").is_file() else shipped_folder()
    if not rulebook.is_dir():
        fail(f"`{rulebook}` is no folder", help="name the folder that holds `rules/` and `jurisdictions/`")
    return rulebook


def sources_of(rulebook: Path | None) -> tuple[Source, ...]:
    """Return the files of the rulebook that is meant."""
    from compliance.language.loader import read_folder

    folder = folder_of(rulebook)
    try:
        found = read_folder(folder)
    except OSError as error:
        fail(f"`{error.filename or folder}` cannot be read: {(error.strerror or 'no reason given').lower()}")
    if not found:
        fail(f"`{folder}` holds no rule files", help="name the folder that holds `rules/` and `jurisdictions/`")
    return found


def open_book(rulebook: Path | None) -> Book:
    """Return the rulebook that is meant, ready to be asked; one that does not compile ends the command with code 1."""
    from compliance.cli.diagnostics import print_diagnostics
    from compliance.engine.book import Book
    from compliance.language.loader import load_rulebook

    sources = sources_of(rulebook)
    made, diagnostics = load_rulebook(sources, demand_cases=False)
    if made is None:
        print_diagnostics(errors_of(diagnostics), sources, console(stderr=True))
        fail("the rulebook does not compile, so nothing was decided", code=Exit.PROBLEMS)
    return Book(made)


def open_catalogue(sources: tuple[Source, ...]) -> CatalogueBook:
    """Return the products and catalogues of a rulebook; what does not compile in them ends the command with code 1."""
    from compliance.cli.diagnostics import print_diagnostics
    from compliance.language.loader import load_catalogue

    book, diagnostics = load_catalogue(sources)
    if book is None:
        print_diagnostics(errors_of(diagnostics), sources, console(stderr=True))
        fail("the catalogue does not compile", help="mend what is shown above", code=Exit.PROBLEMS)
    return book


def errors_of(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Return those diagnostics that stop a rulebook from loading."""
    from compliance.language.diagnostic import Severity

    return [found for found in diagnostics if found.severity is Severity.ERROR]


def instant_of(text: str | None, option: str = "--at") -> datetime:
    """Return the instant written as RFC 3339 or as a day (its first moment in UTC); `None` is now."""
    from compliance.vocabulary import moments

    if text is None:
        return datetime.now(UTC)
    day: date | None = moments.day(text)
    found = moments.instant(text) if day is None else datetime.combine(day, time(), UTC)
    if found is None or not 1970 <= found.year < 2200:
        fail(f"`{option}` is no instant: `{text}`", help="write `2026-10-05T12:00:00Z` or `2026-10-05`")
    return found


def read_request(file: str, *, as_json: bool) -> object:
    """Return the JSON in `file`, or on standard input for `-`."""
    from compliance.engine.envelope import Problem
    from compliance.engine.json import MalformedJSON, read_json

    try:
        if file == "-":
            body = standard_input(LONGEST_REQUEST + 1)
        else:
            with Path(file).open("rb") as opened:
                body = opened.read(LONGEST_REQUEST + 1)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        fail(f"`{file}` cannot be read: {reason}", help="name a file with a JSON request, or `-` for standard input")
    if len(body) > LONGEST_REQUEST:
        refuse([Problem("", f"the request is longer than {LONGEST_REQUEST} bytes")], as_json=as_json)
    try:
        return read_json(body)
    except MalformedJSON as error:
        refuse([Problem(error.pointer, error.message, error.help)], as_json=as_json)
    raise AssertionError  # pragma: no cover - `refuse` does not return


def standard_input(most: int) -> bytes:
    """Return up to so many bytes of standard input; raises `OSError` where it is closed."""
    if sys.stdin is None:
        raise OSError(errno.EBADF, "standard input is closed")
    return sys.stdin.buffer.read(most)


def refuse(problems: list[Problem], *, as_json: bool) -> None:
    """Say every problem of a request, each with the pointer to its field, and end the command."""
    if as_json:
        print_json({"problems": [{"pointer": p.pointer, "message": p.message, "help": p.help} for p in problems]})
    else:
        out = console(stderr=True)
        for problem in problems:
            out.print(f"[bold red]error[/]: {problem.pointer or 'the request'}: ", end="")
            out.print(problem.message, markup=False)
            if problem.help:
                out.print("  [cyan]help[/]: ", end="")
                out.print(problem.help, markup=False)
    raise typer.Exit(Exit.BAD_INPUT)
