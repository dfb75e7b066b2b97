"""Show which thresholds and dates of a rulebook its cases hold, and what case is lacking where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from compliance.cli.progress import progress
from compliance.cli.terminal import say

if TYPE_CHECKING:
    from rich.console import Console

    from compliance.analysis.edges import Held
    from compliance.engine.book import Book


def held_edges(book: Book) -> list[Held]:
    """Return every edge of `book`, moved, with a case that fails then; behind a progress bar."""
    from compliance.analysis.edges import edges

    with progress("moving thresholds and dates") as told:
        return edges(book, told)


def edges_json(found: list[Held]) -> dict[str, Any]:
    """Return what became of the edges as `--json` prints it."""
    return {
        "moved": len(found),
        "held": sum(each.case is not None for each in found),
        "not_held": [
            {
                "path": each.mutant.span.path,
                "line": each.mutant.span.line,
                "kind": each.mutant.kind.value,
                "of": each.mutant.of,
                "change": each.mutant.change,
                "lacks": each.mutant.lacks,
            }
            for each in found
            if each.case is None
        ],
    }


def print_edges(found: list[Held], out: Console) -> None:
    """Print a row for each edge that no case holds, and how many there are of either sort."""
    loose = [each.mutant for each in found if each.case is None]
    if loose:
        table = Table("where", "what nobody would notice", "what is lacking", box=None, pad_edge=False)
        for mutant in sorted(loose, key=lambda each: each.span):
            place = f"{mutant.span.path}:{mutant.span.line}"
            table.add_row(Text(place, style="dim"), Text(mutant.name), Text(mutant.lacks))
        out.print(table)
        out.print()
    held = len(found) - len(loose)
    style = "bold red" if loose else "bold green"
    say(out, f"{held:,} of {len(found):,} moves of a threshold or a date make a case fail", style)
