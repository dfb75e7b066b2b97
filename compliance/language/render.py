"""Turn diagnostics into the text that a terminal shows: the message, the place, the line with its underline, the cure.

Reference: DESIGN 4.5. Columns are those of the file; a wide character is underlined twice, a tab stays a tab.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from compliance.language.diagnostic import Diagnostic, Severity
from compliance.language.span import Source, Span

_WIDEST: Final = 120
"""Characters of a source line that are shown; a longer one is cut around what is underlined."""
_MOST_LINES: Final = 4
_GUTTER: Final = 5


def render(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> str:
    """Return one diagnostic as lines without a final line feed.

    Args:
        diagnostic: what is wrong.
        sources: path -> file; of a path that is missing only the place is shown.
    """
    lines = [f"{diagnostic.severity}[{diagnostic.slug}]: {diagnostic.message}"]
    lines += _snippet(diagnostic.span, diagnostic.label, sources)
    for note in diagnostic.notes:
        lines.append(f"  note: {note.says}")
        lines += _snippet(note.span, "", sources)
    if diagnostic.help:
        first, *rest = diagnostic.help.splitlines()
        lines.append(f"  help: {first}")
        lines += [f"        {line}" for line in rest]
    return "\n".join(line.rstrip() for line in lines)


def count(diagnostics: Iterable[Diagnostic]) -> str:
    """Return how many there are, for instance `2 errors, 1 warning`."""
    severities = [each.severity for each in diagnostics]
    parts = []
    for severity in Severity:
        number = severities.count(severity)
        if number:
            parts.append(f"{number} {severity}{'' if number == 1 else 's'}")
    return ", ".join(parts) or "no errors"


def _snippet(span: Span, label: str, sources: Mapping[str, Source]) -> Iterator[str]:
    """Yield the place of `span` and its lines, each underlined, the label behind the last underline."""
    if not span.path:
        return
    yield f"  {span}"
    source = sources.get(span.path)
    if source is None:
        return
    numbered = list(_lines(span, source.text.splitlines()))
    shown = numbered if len(numbered) <= _MOST_LINES else [*numbered[:2], *numbered[-1:]]
    for index, (number, text, start, end) in enumerate(shown):
        if len(numbered) > len(shown) and index == len(shown) - 1:
            yield f"{'...':>{_GUTTER}} |"
        visible, first, last = _cut(text, start, end)
        yield f"{number:>{_GUTTER}} | {visible}"
        behind = f" {label}" if label and index == len(shown) - 1 else ""
        yield f"{'':>{_GUTTER}} | {_underline(visible, first, last)}{behind}"


def _lines(span: Span, lines: list[str]) -> Iterator[tuple[int, str, int, int]]:
    """Yield each line of `span` that has something on it: number, text, and the offsets that are underlined."""
    for number in range(span.line, span.end_line + 1):
        text = lines[number - 1] if 0 < number <= len(lines) else ""
        indent = len(text) - len(text.lstrip())
        start = span.column - 1 if number == span.line else indent
        end = span.end_column - 1 if number == span.end_line else len(text)
        end = min(end, len(text.rstrip()) + (number == span.end_line == span.line))
        if number == span.line or end > start:
            yield number, text, start, max(end, start + 1)


def _cut(text: str, start: int, end: int) -> tuple[str, int, int]:
    """Return a long line cut around what is underlined, with the offsets in what is left."""
    if len(text) <= _WIDEST:
        return text, start, end
    first = max(0, min(start - _WIDEST // 3, len(text) - _WIDEST))
    last = first + _WIDEST
    before, after = "..." if first else "", "..." if last < len(text) else ""
    shift = len(before) - first
    return f"{before}{text[first:last]}{after}", start + shift, min(end, last) + shift


def _underline(text: str, start: int, end: int) -> str:
    """Return spaces (or the line's own tabs) up to `start` and carets up to `end`, as wide as the characters are."""
    blank = "".join("\t" if char == "\t" else " " * _width(char) for char in text[:start].ljust(start))
    return blank + "^" * max(1, sum(_width(char) for char in text[start:end].ljust(end - start)))


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
