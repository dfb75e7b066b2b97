"""Say in plain words what YAML could not read, where no trap explains it.

Reference: the messages of libyaml 0.2 (`scanner.c`, `parser.c`).
"""

from __future__ import annotations

from typing import Final

import yaml

from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.span import Source, Span

_INDENT: Final = "lines that belong together start in the same column; what belongs to a line above is indented by two"

_WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("did not find expected key", "this line does not fit the mapping around it", _INDENT),
    ("did not find expected '-' indicator", "this line does not fit the list around it", _INDENT),
    (
        "did not find expected ',' or ']'",
        "a list in `[` is not closed",
        "close it with `]`; items are kept apart by `,`",
    ),
    (
        "did not find expected ',' or '}'",
        "a mapping in `{` is not closed",
        "close it with `}`; pairs are kept apart by `,`",
    ),
    ("mapping values are not allowed", "a key stands where none can", _INDENT),
    ("block sequence entries are not allowed", "a list begins where none can", "begin it on a line of its own"),
    (
        "could not find expected ':'",
        "this is neither `key: value` nor `- item`",
        "write a `:` and a space behind the key",
    ),
    ("while scanning a quoted scalar", "a text in quotes does not end", "close it with the quote that it begins with"),
    ("unknown escape", "double quotes know no such escape", "use single quotes: in them a backslash is a backslash"),
    ("did not find expected node content", "a value is missing here", "write it, or take the sign before it out"),
    ("cannot start any token", "nothing can begin with this sign", "put the whole text in single quotes"),
    ("did not find expected <document start>", "this line belongs to nothing above it", _INDENT),
    ("did not find expected comment or line break", "more stands behind `|` or `>`", "begin the text on the next line"),
    ("leading empty line", "an empty line before the text has more spaces than the text", "empty the line"),
    (
        "incompatible YAML document",
        "the file asks for a version of YAML that there is not",
        "take the line `%YAML` out",
    ),
)


def not_yaml(source: Source, error: yaml.YAMLError) -> Diagnostic:
    """Return the diagnostic for what made YAML give up on `source`."""
    start = getattr(error, "context_mark", None)
    late = "could not find expected ':'" in str(getattr(error, "problem", ""))
    # YAML notices a line without a key only when the next one begins.
    mark = start if late and start is not None else getattr(error, "problem_mark", None) or start
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = source.text.split("\n")
    if line > len(lines) or not "".join(lines[line - 1 :]).strip():
        # YAML notices at the end of the file: point behind the last thing that stands there.
        line = max((number for number, text in enumerate(lines, 1) if text.strip()), default=1)
        column = len(lines[line - 1].rstrip()) + 1
    problem, context = (str(getattr(error, name, None) or "") for name in ("problem", "context"))
    span = _sign(source.path, line, min(column, len(lines[line - 1]) + 1))
    if "mapping values" in problem:
        # The colon is where YAML stumbles; the key before it is what stands there wrongly.
        key = len(lines[line - 1]) - len(lines[line - 1].lstrip(" -")) + 1
        span = Span(source.path, line, min(key, column), line, column + 1)
    if "nesting" in problem:
        return Diagnostic("too-deep", "the file is nested too deeply", span)
    said = f"{problem} {context}"
    message, cure = next(
        ((message, cure) for key, message, cure in _WORDS if key in said),
        (
            f"this is not YAML: {said.strip()}",
            "look at the indentation, quotes and brackets here and on the line before",
        ),
    )
    notes: tuple[Note, ...] = ()
    if start is not None and start.line + 1 != line:
        notes = (Note(_sign(source.path, start.line + 1, start.column + 1), "what it is part of begins here"),)
    return Diagnostic("bad-yaml", message, span, help=cure, notes=notes)


def _sign(path: str, line: int, column: int) -> Span:
    return Span(path, line, column, line, column + 1)
