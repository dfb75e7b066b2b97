from __future__ import annotations

import pytest

from compliance.language.nodes import Scalar, Style, Table, first_line, part, places
from compliance.language.reader import read_source
from compliance.language.span import Source, Span


def scalar(text):
    node, diagnostics = read_source(Source("a.yaml", text))
    assert diagnostics == []
    assert isinstance(node, Table)
    value = next(iter(node.entries.values())).value
    assert isinstance(value, Scalar)
    return value


@pytest.mark.parametrize("text", ["a: null", "a: ~", "a: Null"])
def test_null_without_quotes_says_that_there_is_no_value(text):
    assert scalar(text).is_null


@pytest.mark.parametrize("text", ["a: 'null'", 'a: "~"', "a: nul"])
def test_null_in_quotes_is_a_text(text):
    assert not scalar(text).is_null


def test_nothing_behind_a_key_is_empty():
    assert scalar("a:").is_empty
    assert not scalar("a: ''").is_empty


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("a: one two", Style.PLAIN),
        ("a: 'one two'", Style.SINGLE),
        ('a: "one two"', Style.DOUBLE),
        ("a: |\n  one two\n", Style.LITERAL),
        ("a: >\n  one\n  two\n", Style.FOLDED),
        ("a: one\n  two", Style.PLAIN),
    ],
)
def test_a_part_of_a_scalar_is_found_in_the_file_whatever_its_style(text, style):
    value = scalar(text)
    assert value.style is style
    assert places(value).text == value.value
    start = value.value.index("two")
    span = part(value, start, start + 3)
    assert text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1] == "two"


def test_the_first_line_of_a_span_is_its_first_character():
    assert first_line(Span("a", 2, 3, 9, 9)) == Span("a", 2, 3, 2, 4)
