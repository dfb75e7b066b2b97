"""Check a rulebook: every mistake at once, every case run, and what there is, counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from compliance.cli.counts import counts
from compliance.cli.exits import Exit
from compliance.cli.opening import errors_of, instant_of, sources_of
from compliance.cli.terminal import console, print_json, say

if TYPE_CHECKING:
    from rich.console import Console

    from compliance.cli.intake import Intake
    from compliance.engine.book import BookAt
    from compliance.engine.cases import CaseFailure
    from compliance.language.diagnostic import Diagnostic
    from compliance.language.rulebook import Rulebook
    from compliance.language.span import Source


def check(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder with rules/ and jurisdictions/.", show_default="here, or shipped")
    ] = None,
    *,
    intake: Annotated[
        bool, typer.Option("--intake", help="List, per action and kind of subject, the facts that an allow needs.")
    ] = False,
    edges: Annotated[
        bool, typer.Option("--edges", help="Move each threshold and date by a step: does a case fail?")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a rulebook: all mistakes, all cases, counts. Exit code 1 if anything is wrong."""
    from compliance.cli.diagnostics import diagnostic_json, print_diagnostics
    from compliance.cli.edges import edges_json, moved_edges, print_edges
    from compliance.cli.intake import intake_json
    from compliance.engine.book import Book
    from compliance.engine.cases import run_cases

    sources = sources_of(folder)
    rulebook, diagnostics = _loaded(sources)
    errors = len(errors_of(diagnostics))
    book = None if rulebook is None else Book(rulebook)
    failures = [] if book is None else run_cases(book)
    lists = _intakes(book.at(instant_of(None))) if intake and book is not None else ()
    # Where a case fails already, failing shows nothing.
    moved = moved_edges(book) if edges and book is not None and not errors and not failures else None
    holds = not errors and not failures and (moved is None or moved.hold)
    if as_json:
        document: dict[str, Any] = {
            "ok": holds,
            "digest": None if rulebook is None else rulebook.digest,
            "diagnostics": [diagnostic_json(found) for found in diagnostics],
            "failures": [_failure_json(found) for found in failures],
            "counts": {} if rulebook is None else counts(rulebook),
            "without_start": [] if rulebook is None else _without_start(rulebook),
        }
        if intake:
            document["intake"] = [intake_json(found) for found in lists]
        if edges:
            document["edges"] = edges_json(moved)
        print_json(document)
    else:
        out = console()
        print_diagnostics(diagnostics, sources, out)
        _print_failures(failures, out)
        _print_intakes(lists, out)
        if rulebook is not None:
            _print_counts(rulebook, out)
        _print_verdict(len(sources), diagnostics, failures, rulebook, out)
        if moved is not None:
            print_edges(moved, out)
    if not holds:
        raise typer.Exit(Exit.PROBLEMS)


def _loaded(sources: tuple[Source, ...]) -> tuple[Rulebook | None, list[Diagnostic]]:
    """Return the rulebook, also one in which a rule lacks a case, and everything that is said about it."""
    from compliance.language.loader import load_rulebook
    from compliance.language.reviews import reviews

    rulebook, diagnostics = load_rulebook(sources)
    if rulebook is not None:
        return rulebook, [*diagnostics, *reviews(rulebook, instant_of(None))]
    # A rule that no case names is an error, but no reason to leave the other cases unrun.
    return load_rulebook(sources, demand_cases=False)[0], diagnostics


def _without_start(rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return what holds as it was read, because no source states since when."""
    from compliance.language.starts import Start, starts

    return [
        {"what": begun.what, "path": begun.span.path, "line": begun.span.line, "as_read_on": str(begun.read_on)}
        for begun in starts(rulebook)
        if begun.start is Start.NONE
    ]


def _intakes(book: BookAt) -> tuple[Intake, ...]:
    from compliance.cli.intake import intakes

    with Progress(console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("looking at what is asked where")
        return intakes(book, lambda done, of: progress.update(task, completed=done, total=of))


def _print_intakes(lists: tuple[Intake, ...], out: Console) -> None:
    before = None
    for found in lists:
        heading = (found.action, found.product, found.kind)
        if heading != before:
            say(out, f"{found.action} {found.product}, {found.kind}", "bold")
        before = heading
        many = len(found.territories)
        shown = ", ".join(found.territories[:12]) + (" ..." if many > 12 else "")
        say(out, f"{many} territor{'ies' if many != 1 else 'y'}: {shown}", "dim", indent=2)
        say(out, ", ".join(found.facts) or "nothing that is asked leads to an allow", indent=4)
    if lists:
        out.print()


def _failure_json(found: CaseFailure) -> dict[str, Any]:
    span = found.case.span
    return {
        "case": found.case.sentence,
        "home": found.case.home,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "problems": list(found.problems),
    }


def _print_failures(failures: list[CaseFailure], out: Console) -> None:
    for found in failures:
        out.print(Text.assemble(("error[case-fails]", "bold red"), f": {found.case.name}"), soft_wrap=True)
        out.print(Text(f"  {found.case.span}", style="dim"), soft_wrap=True)
        for problem in found.problems:
            out.print(Text(f"  - {problem}"), soft_wrap=True)
        out.print()


def _print_counts(rulebook: Rulebook, out: Console) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    table.add_column(style="dim", overflow="fold")
    for name, value in counts(rulebook).items():
        noun = name.replace("_", " ")
        if isinstance(value, dict):
            detail = ", ".join(f"{key} {number}" for key, number in value.items())
            table.add_row("", noun, detail)
        else:
            table.add_row(f"{value:,}", noun, "")
    out.print(table)
    out.print()


def _print_verdict(
    files: int, diagnostics: list[Diagnostic], failures: list[CaseFailure], rulebook: Rulebook | None, out: Console
) -> None:
    errors = len(errors_of(diagnostics))
    said = []
    if errors:
        said.append(f"{errors} error{'s' * (errors != 1)}")
    if failures:
        said.append(f"{len(failures)} of {_cases(rulebook) if rulebook else 0} do not hold")
    if warnings := len(diagnostics) - errors:
        said.append(f"{warnings} warning{'s' * (warnings != 1)}")
    if errors or failures:
        say(out, f"{files} files: {', '.join(said)}", "bold red")
        if errors and rulebook is None:
            say(out, "no case was run: a rulebook with an error has no meaning", "dim")
    elif rulebook is not None:
        rest = f", {said[0]}" if said else ""
        say(out, f"the rulebook holds: {_cases(rulebook)} pass{rest}", "bold green")
        say(out, rulebook.digest, "dim")


def _cases(rulebook: Rulebook) -> str:
    """Return how many cases there are; also how many decisions they ask for, where some ask for several."""
    written, decided = rulebook.written_cases, len(rulebook.cases)
    return f"{written} cases" if written == decided else f"{written} cases ({decided} decisions)"
