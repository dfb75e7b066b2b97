from __future__ import annotations

import pytest

from compliance.language.diagnostic import Diagnostic, Note, Severity
from compliance.language.render import count, render
from compliance.language.span import NOWHERE, Source, Span

BR = Source("jurisdictions/BR.yaml", "jurisdiction: BR\nrules:\n  - rule: retail-limit\n    effect: forbid\n")


def shown(text: str, span: Span, **more) -> str:
    return render(Diagnostic("slug", "says", span, **more), {"a": Source("a", text)})


def test_a_diagnostic_shows_message_place_line_underline_label_and_cure():
    diagnostic = Diagnostic(
        "missing-authority",
        "rule `retail-limit` cites no authority",
        Span("jurisdictions/BR.yaml", 3, 11, 3, 23),
        "nothing says who demands this",
        "add `authority:` with title, href and reviewed_on",
    )
    assert render(diagnostic, {BR.path: BR}) == (
        "error[missing-authority]: rule `retail-limit` cites no authority\n"
        "  jurisdictions/BR.yaml:3:11\n"
        "    3 |   - rule: retail-limit\n"
        "      |           ^^^^^^^^^^^^ nothing says who demands this\n"
        "  help: add `authority:` with title, href and reviewed_on"
    )


def test_a_warning_and_its_note_show_both_places():
    diagnostic = Diagnostic(
        "twice",
        "said twice",
        Span("a", 2, 1, 2, 4),
        severity=Severity.WARNING,
        notes=(Note(Span("a", 1, 1, 1, 4), "first said here"),),
    )
    assert render(diagnostic, {"a": Source("a", "one\ntwo\n")}) == (
        "warning[twice]: said twice\n"
        "  a:2:1\n    2 | two\n      | ^^^\n"
        "  note: first said here\n"
        "  a:1:1\n    1 | one\n      | ^^^"
    )


def test_each_line_of_a_longer_span_is_underlined_without_its_indentation():
    assert shown("is: |\n  a &&\n\n  b\n", Span("a", 2, 3, 4, 4), label="here").splitlines()[2:] == [
        "    2 |   a &&",
        "      |   ^^^^",
        "    4 |   b",
        "      |   ^ here",
    ]


def test_a_span_of_many_lines_shows_its_ends():
    lines = shown("\n".join("abcdefgh"), Span("a", 1, 1, 8, 2)).splitlines()
    assert [line for line in lines if "^" not in line][2:] == ["    1 | a", "    2 | b", "  ... |", "    8 | h"]


def test_an_empty_span_and_the_end_of_a_line_get_one_caret():
    assert shown("ab\n", Span("a", 1, 3, 1, 3)).endswith("\n      |   ^")
    assert shown("", Span("a", 1, 1, 1, 1)).endswith("\n      | ^")


@pytest.mark.parametrize(("line", "underline"), [("\tx", "\t^"), ("日本x", "    ^"), ("e\u0301x", " ^")])
def test_the_underline_stands_under_what_it_means_on_a_terminal(line, underline):
    column = len(line)
    assert shown(line, Span("a", 1, column, 1, column + 1)).split("| ")[-1] == underline


def test_a_long_line_is_cut_around_what_is_underlined():
    lines = shown("x" * 500 + "WRONG" + "y" * 500, Span("a", 1, 501, 1, 506)).splitlines()
    assert len(lines[2]) < 140
    start = lines[3].index("^")
    assert lines[2][start : start + 5] == "WRONG"
    assert lines[3].count("^") == 5


def test_what_no_file_says_has_no_place():
    assert shown("", NOWHERE) == "error[slug]: says"


def test_of_a_file_that_is_not_there_only_the_place_is_shown():
    assert render(Diagnostic("slug", "says", Span("b", 1, 2, 1, 3)), {}) == "error[slug]: says\n  b:1:2"


def test_help_of_two_lines_is_aligned():
    assert shown("", NOWHERE, help="write\n  this: way").endswith("  help: write\n          this: way")


def test_diagnostics_are_counted_by_severity():
    error, warning = Diagnostic("a", "b", NOWHERE), Diagnostic("c", "d", NOWHERE, severity=Severity.WARNING)
    assert count([error, warning, error]) == "2 errors, 1 warning"
    assert count([warning]) == "1 warning"
    assert count([]) == "no errors"
