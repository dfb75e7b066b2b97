from __future__ import annotations

import pytest
from hypothesis import given

from compliance.language.parser import parse
from compliance.language.span import NOWHERE
from compliance.language.syntax import Group, Labelled, Name, TextLiteral
from compliance.language.unparser import quoted, unparse
from tests.language.trees import texts, trees


def nowhere(start, end):
    return NOWHERE


def parsed(text):
    node, diagnostics = parse(text, nowhere)
    assert diagnostics == []
    return node


@given(trees)
def test_what_is_written_parses_to_the_same_tree(tree):
    assert parsed(unparse(tree)) == tree


@given(trees)
def test_writing_is_idempotent(tree):
    once = unparse(tree)
    assert unparse(parsed(once)) == once


@given(texts)
def test_any_text_survives_its_quotes(text):
    assert parsed(quoted(text)) == TextLiteral(text, NOWHERE)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("a&&b||c", "a && b || c"),
        ("a&&(b||c)", "a && (b || c)"),
        ("(a&&b)||c", "a && b || c"),
        ("a || (b || c)", "a || (b || c)"),
        ("!(a)", "!a"),
        ("!(a == b)", "!(a == b)"),
        ("!!a", "!!a"),
        ("-(-x)", "--x"),
        ("a-(b-c)", "a - (b - c)"),
        ("(a-b)-c", "a - b - c"),
        ("(a + b) * c", "(a + b) * c"),
        ("'it'", '"it"'),
        (r"r'\d'", r'"\\d"'),
        ("0x1F", "31"),
        ("0.50", "0.50"),
        (".5", "0.5"),
        ("[ 1,2, ]", "[1, 2]"),
        ("x . exists( e , e>1 )", "x.exists(e, e > 1)"),
        ("a ? b : c ? d : e", "a ? b : c ? d : e"),
        ("(a ? b : c) ? d : e", "(a ? b : c) ? d : e"),
        ("a // why\n && b", "a && b"),
    ],
)
def test_spaces_quotes_and_parentheses_are_canonical(written, canonical):
    assert unparse(parsed(written)) == canonical


def test_a_tree_is_written_as_one_line():
    a, b, c = (Name(name, NOWHERE) for name in "abc")
    inner = Group("any", (a, b), NOWHERE)
    assert unparse(Group("all", (inner, c), NOWHERE)) == "(a || b) && c"
    assert unparse(Group("none", (a,), NOWHERE)) == "!a"
    assert unparse(Group("none", (a, b), NOWHERE)) == "!(a || b)"
    assert unparse(Group("all", (Labelled(a, "says", NOWHERE),), NOWHERE)) == "a"
