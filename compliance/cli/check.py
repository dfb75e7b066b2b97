"""Check a rulebook: every mistake at once, every case run, and what there is, counted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from compliance.cli.counts import countries_without_a_case, counts
from compliance.cli.exits import Exit
from compliance.cli.opening import errors_of, instant_of, sources_of
from compliance.cli.terminal import console, print_json, say

if TYPE_CHECKING:
    from rich.console import Console

    from compliance.analysis.edges import Edges
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
    places: Annotated[
        bool, typer.Option("--places", help="Demand a case at home in each country of ISO 3166-1.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check a rulebook: all mistakes, all cases, counts. Exit code 1 if anything is wrong."""
    from compliance.cli.edges import moved_edges
    from compliance.engine.book import Book
    from compliance.engine.cases import run_cases

    sources = sources_of(folder)
    rulebook, diagnostics = _loaded(sources)
    book = None if rulebook is None else Book(rulebook)
    found = _Checked(len(sources), rulebook, diagnostics, [] if book is None else run_cases(book))
    if intake:
        found.intake = () if book is None else _intakes(book.at(instant_of(None)))
    # Where a case fails already, failing shows nothing.
    if edges and book is not None and found.holds:
        found.moved = moved_edges(book)
    if places and rulebook is not None:
        found.without_case = countries_without_a_case(rulebook)
    if as_json:
        print_json(_document(found, edges=edges, places=places))
    else:
        _print(found, sources)
    if not found.holds:
        raise typer.Exit(Exit.PROBLEMS)


@dataclass
class _Checked:
    """What was found in a rulebook; the rest only if it was asked for."""

    files: int
    rulebook: Rulebook | None
    diagnostics: list[Diagnostic]
    failures: list[CaseFailure]
    intake: tuple[Intake, ...] | None = None
    moved: Edges | None = None
    without_case: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        moved = self.moved is None or self.moved.hold
        return moved and not (errors_of(self.diagnostics) or self.failures or self.without_case)


def _document(found: _Checked, *, edges: bool, places: bool) -> dict[str, Any]:
    from compliance.cli.diagnostics import diagnostic_json
    from compliance.cli.edges import edges_json
    from compliance.cli.intake import intake_json

    rulebook = found.rulebook
    document: dict[str, Any] = {
        "ok": found.holds,
        "digest": None if rulebook is None else rulebook.digest,
        "diagnostics": [diagnostic_json(each) for each in found.diagnostics],
        "failures": [_failure_json(each) for each in found.failures],
        "counts": {} if rulebook is None else counts(rulebook),
        "without_start": [] if rulebook is None else _without_start(rulebook),
    }
    if found.intake is not None:
        document["intake"] = [intake_json(each) for each in found.intake]
    if edges:
        document["edges"] = edges_json(found.moved)
    if places:
        document["countries_without_a_case"] = list(found.without_case)
    return document


def _print(found: _Checked, sources: tuple[Source, ...]) -> None:
    from compliance.cli.diagnostics import print_diagnostics
    from compliance.cli.edges import print_edges

    out = console()
    print_diagnostics(found.diagnostics, sources, out)
    _print_failures(found.failures, out)
    _print_intakes(found.intake or (), out)
    if found.rulebook is not None:
        _print_counts(found.rulebook, out)
    _print_verdict(found.files, found.diagnostics, found.failures, found.rulebook, out)
    if found.moved is not None:
        print_edges(found.moved, out)
    if found.without_case:
        many = len(found.without_case)
        say(out, f"{many} countr{'ies' if many != 1 else 'y'} of ISO 3166-1 without a case:", "bold red")
        say(out, ", ".join(found.without_case), indent=2)


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
