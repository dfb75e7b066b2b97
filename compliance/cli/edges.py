"""Show which thresholds and dates of a rulebook its cases hold, and what case is lacking where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from compliance.cli.progress import progress
from compliance.cli.terminal import say

if TYPE_CHECKING:
    from rich.console import Console

    from compliance.analysis.edges import Edges
    from compliance.analysis.mutants import Mutant
    from compliance.engine.book import Book


def moved_edges(book: Book) -> Edges:
    """Return every edge of `book`, moved, with a case that fails then; behind a progress bar."""
    from compliance.analysis.edges import edges

    with progress("moving thresholds and dates") as told:
        return edges(book, told)


def edges_json(found: Edges | None) -> dict[str, Any]:
    """Return what became of the edges as `--json` prints it; of none, where they were not looked at."""
    if found is None:
        return {"moved": 0, "held": 0, "not_held": [], "unobservable": [], "outdated": []}
    return {
        "moved": len(found.moves),
        "held": found.held,
        "not_held": [{**_json(mutant), "lacks": mutant.lacks} for mutant in found.loose],
        "unobservable": [{**_json(each.mutant), "because": each.because} for each in found.unobservable],
        "outdated": [{"path": each.span.path, "line": each.span.line, "edge": each.edge} for each in found.outdated],
    }


def _json(mutant: Mutant) -> dict[str, Any]:
    return {
        "path": mutant.span.path,
        "line": mutant.span.line,
        "kind": mutant.kind.value,
        "of": mutant.of,
        "change": mutant.change,
    }


def print_edges(found: Edges, out: Console) -> None:
    """Print a row for each edge that no case holds, and how many there are of each sort."""
    if found.loose:
        table = Table("where", "what nobody would notice", "what is lacking", box=None, pad_edge=False)
        for mutant in sorted(found.loose, key=lambda each: each.span):
            place = f"{mutant.span.path}:{mutant.span.line}"
            table.add_row(Text(place, style="dim"), Text(mutant.name), Text(mutant.lacks))
        out.print(table)
        out.print()
    for each in found.outdated:
        out.print(Text.assemble(("error[not-unobservable]", "bold red"), f": {each.edge}"), soft_wrap=True)
        out.print(Text(f"  {each.span}", style="dim"), soft_wrap=True)
        out.print(Text("  there is no such edge, or a case shows it: take it off the list"), soft_wrap=True)
        out.print()
    unobservable = len(found.unobservable)
    rest = f"; {unobservable} cannot, as rules/edges.yaml says" if unobservable else ""
    style = "bold green" if found.hold else "bold red"
    say(out, f"{found.held:,} of {len(found.moves):,} moves of a threshold or a date make a case fail{rest}", style)
