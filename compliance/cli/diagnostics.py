"""Print diagnostics with the line they are about, the wrong part underlined, and the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from compliance.language.diagnostic import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from compliance.language.diagnostic import Diagnostic
    from compliance.language.span import Source, Span


def print_diagnostics(diagnostics: Iterable[Diagnostic], sources: Iterable[Source], out: Console) -> None:
    """Print each diagnostic, a blank line behind it."""
    lines = {source.path: source.text.split("\n") for source in sources}
    for found in diagnostics:
        colour = "red" if found.severity is Severity.ERROR else "yellow"
        head = Text.assemble((f"{found.severity}[{found.slug}]", f"bold {colour}"), f": {found.message}")
        out.print(head, soft_wrap=True)
        _print_place(found.span, found.label, colour, lines, out)
        for note in found.notes:
            out.print(Text(f"  note: {note.says}"), soft_wrap=True)
            _print_place(note.span, "", "cyan", lines, out)
        if found.help:
            out.print(Text.assemble(("  help", "cyan"), f": {found.help}"), soft_wrap=True)
        out.print()


def _print_place(span: Span, label: str, colour: str, lines: dict[str, list[str]], out: Console) -> None:
    out.print(Text(f"  {span}", style="dim"), soft_wrap=True)
    text = lines.get(span.path, [])
    if not 1 <= span.line <= len(text):
        return
    shown = text[span.line - 1]
    end = span.end_column if span.end_line == span.line else len(shown) + 1
    number = f"{span.line:5d}"
    out.print(Text(f"{number} | {shown}"), soft_wrap=True)
    underline = "^" * max(1, end - span.column)
    out.print(
        Text.assemble(f"{' ' * len(number)} | {' ' * (span.column - 1)}", (underline, colour), f" {label}".rstrip()),
        soft_wrap=True,
    )


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
