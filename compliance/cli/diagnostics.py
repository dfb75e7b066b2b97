"""Print diagnostics as `language.render` words them, in colour where there is a terminal; or spell them as JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rich.text import Text

from compliance.language.diagnostic import Severity
from compliance.language.render import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from compliance.language.diagnostic import Diagnostic
    from compliance.language.span import Source

_UNDERLINE = re.compile(r"^ +\| [ \t]*(\^+.*)$")
_HELP = re.compile(r"^  (?:help|note):")


def print_diagnostics(diagnostics: Iterable[Diagnostic], sources: Iterable[Source], out: Console) -> None:
    """Print each diagnostic, a blank line behind it."""
    by_path = {source.path: source for source in sources}
    for found in diagnostics:
        colour = "red" if found.severity is Severity.ERROR else "yellow"
        for number, row in enumerate(render(found, by_path).split("\n")):
            out.print(_coloured(row, colour, is_head=number == 0), soft_wrap=True)
        out.print()


def _coloured(row: str, colour: str, *, is_head: bool) -> Text:
    text = Text(row)
    if is_head:
        text.stylize(f"bold {colour}", 0, row.find("]") + 1)
    elif underline := _UNDERLINE.match(row):
        text.stylize(colour, underline.start(1))
    elif word := _HELP.match(row):
        text.stylize("cyan", 2, word.end() - 1)
    return text


def diagnostic_json(found: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as `--json` prints it."""
    span = found.span
    return {
        "slug": found.slug,
        "severity": found.severity.value,
        "message": found.message,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "label": found.label,
        "help": found.help,
        "notes": [
            {"says": note.says, "path": note.span.path, "line": note.span.line, "column": note.span.column}
            for note in found.notes
        ],
    }
