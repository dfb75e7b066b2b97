from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.language.mistakes import mistakes
from compliance.language.span import Span
from compliance.language.unparser import unparse
from tests.language.trees import trees


def place(start, end):
    return Span("a", 1, start + 1, 1, end + 1)


def found(text):
    return [(each.slug, text[each.span.column - 1 : each.span.end_column - 1]) for each in mistakes(text, place)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b", [("single-equals", "=")]),
        ("a == b", []),
        ("a <= b && c >= d && e != f", []),
        ("a and b or not c", [("word-operator", "and"), ("word-operator", "or"), ("word-operator", "not")]),
        ("x.and && y.or", []),
        ("x.not(y)", []),
        ("True || FALSE", [("word-operator", "True"), ("word-operator", "FALSE")]),
        ("a<>b", [("not-an-operator", "<>")]),
        ("a & b | c", [("not-an-operator", "&"), ("not-an-operator", "|")]),
        ("a && b || c", []),
        ("a => b =< c", [("not-an-operator", "=>"), ("not-an-operator", "=<")]),
        ("-x + --y", []),
        ('"a = b and c"', []),
        ("'a' == \"it's\"", []),
        (r"'it\'s = ' == x", []),
        (r"r'\' = x", [("single-equals", "=")]),
        ('"""a "quoted" = b"""', []),
        ("a // = and “\n&& b", []),
        ("“a”", [("smart-quote", "“"), ("smart-quote", "”")]),
        ('a == "b', [("unclosed-text", '"b')]),
        ('a == "b\n" && c', [("unclosed-text", '"b')]),
        ("((a)", [("unclosed-bracket", "(")]),
        ("[(a)", [("unclosed-bracket", "[")]),
        ("a)", [("unopened-bracket", ")")]),
        ("[a)", [("unopened-bracket", ")")]),
        ("a # b @ c", [("unexpected-character", "#"), ("unexpected-character", "@")]),
    ],
)
def test_what_no_condition_can_hold_is_found_and_nothing_else(text, expected):
    assert found(text) == expected


@given(trees)
def test_what_the_unparser_writes_holds_no_mistake(tree):
    assert found(unparse(tree)) == []


@given(st.text())
def test_any_text_is_read_to_its_end(text):
    found(text)
