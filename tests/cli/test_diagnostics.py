"""Diagnostics on the terminal are those of `language.render`; as JSON they keep every place."""

import re
from io import StringIO

from rich.console import Console

from compliance.cli.diagnostics import diagnostic_json, print_diagnostics
from compliance.language.diagnostic import Diagnostic, Note, Severity
from compliance.language.render import render
from compliance.language.span import Source, Span

SOURCE = Source("rules/a.yaml", "rule: x\nwhen: [bold]\n")
FOUND = Diagnostic(
    slug="syntax-error",
    message="`[bold]` cannot stand here",
    span=Span("rules/a.yaml", 2, 7, 2, 13),
    label="here",
    help="write a condition",
    notes=(Note(Span("rules/a.yaml", 1, 7, 1, 8), "the rule is here"),),
)


def printed(*diagnostics, terminal=False):
    out = Console(file=StringIO(), width=30, force_terminal=terminal, color_system="standard" if terminal else None)
    print_diagnostics(diagnostics, [SOURCE], out)
    return out.file.getvalue()


def test_the_text_is_that_of_the_golden_pages():
    assert printed(FOUND) == render(FOUND, {SOURCE.path: SOURCE}) + "\n\n"


def test_colour_changes_no_letter():
    assert re.sub(r"\x1b\[[0-9;]*m", "", printed(FOUND, terminal=True)) == printed(FOUND)
    assert "\x1b[1;31merror[syntax-error]" in printed(FOUND, terminal=True)


def test_a_warning_has_another_colour():
    warning = Diagnostic("period-gap", "a gap", FOUND.span, severity=Severity.WARNING)
    assert "\x1b[1;33mwarning[period-gap]" in printed(warning, terminal=True)


def test_json_has_the_span_the_cure_and_the_notes():
    found = diagnostic_json(FOUND)
    assert (found["line"], found["column"], found["end_line"], found["end_column"]) == (2, 7, 2, 13)
    assert found["help"] == "write a condition"
    assert found["notes"][0]["says"] == "the rule is here"
