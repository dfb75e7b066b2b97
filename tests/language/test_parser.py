from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.language.parser import DEEPEST, LONGEST, parse
from compliance.language.span import Span
from compliance.language.syntax import Binary, IntLiteral, Join, Name, Ternary, Unary, depth
from tests.language.words import text


def parsed(cel):
    node, diagnostics = parse(cel, text(cel).place)
    assert diagnostics == []
    return node


def slugs(cel):
    node, diagnostics = parse(cel, text(cel).place)
    assert node is None
    return [each.slug for each in diagnostics]


def test_and_binds_tighter_than_or_and_both_than_the_conditional():
    node = parsed("a || b && c ? d : e")
    assert isinstance(node, Ternary)
    assert isinstance(node.condition, Join)
    assert [type(term) for term in node.condition.terms] == [Name, Join]


def test_terms_in_a_row_are_one_join_and_brackets_are_kept_apart():
    assert len(parsed("a && b && c").terms) == 3
    assert len(parsed("a && (b && c)").terms) == 2


def test_arithmetic_is_read_from_the_left_and_relations_are_looser():
    node = parsed("a - b - c < d * e + f")
    assert isinstance(node, Binary)
    assert node.operator == "<"
    assert isinstance(node.left, Binary)
    assert isinstance(node.left.left, Binary)


def test_the_conditional_is_read_from_the_right():
    node = parsed("a ? b : c ? d : e")
    assert isinstance(node, Ternary)
    assert isinstance(node.otherwise, Ternary)


def test_a_minus_before_a_number_belongs_to_it():
    assert parsed("-3") == IntLiteral(-3, parsed("-3").span)
    assert parsed("a -3") == parsed("a - 3")
    assert isinstance(parsed("-a"), Unary)


def test_spans_leave_the_brackets_of_the_part_out_and_keep_those_inside():
    node = parsed("(a) && (b == (c))")
    assert node.span == Span("a.yaml", 1, 1, 1, 18)
    assert [term.span.column for term in node.terms] == [2, 9]
    assert node.terms[1].span.end_column == 17


def test_lines_and_comments_count_in_spans():
    node = parsed("a // first\n  && b.c")
    assert node.terms[1].span == Span("a.yaml", 2, 6, 2, 9)


@pytest.mark.parametrize(
    ("cel", "help"),
    [
        ("a ==", "expected a value: a fact, a number, a text, a list or `(`"),
        ("f(", None),
        ("f(a b)", "expected an operator such as `&&` or `==` or `)` or `,`"),
        ("a.", "expected a name"),
        ("a ? b", "expected `:`"),
        ("a b", "expected an operator such as `&&` or `==` or the end of the condition"),
    ],
)
def test_a_syntax_error_says_what_could_stand_there(cel, help):
    node, (diagnostic,) = parse(cel, text(cel).place)
    assert node is None
    if help is None:
        assert diagnostic.slug == "unclosed-bracket"
    else:
        assert (diagnostic.slug, diagnostic.help) == ("syntax-error", help)


def test_nothing_is_no_condition():
    assert slugs("") == slugs(" \n ") == slugs("// why") == ["empty-condition"]


@pytest.mark.parametrize(
    "deep", ["!" * 3000 + "a", "(" * 3000 + "-a" + ")" * 3000, "-" * 3000 + "a", "a" + ".b" * 3000]
)
def test_depth_is_bounded_without_recursion(deep):
    node, diagnostics = parse(deep, text(deep).place)
    assert [each.slug for each in diagnostics] == ["condition-too-deep"] or depth(node) <= DEEPEST + 1


@pytest.mark.parametrize("operator", ["+", "?a:", "=="])
def test_chains_of_operators_that_nest_are_bounded(operator):
    assert slugs(operator.join("a" * 1000)) == ["condition-too-deep"]


def test_long_rows_of_joined_terms_are_fine_as_they_do_not_nest():
    assert len(parsed(" && ".join("a" * 1500)).terms) == 1500


def test_a_long_text_is_refused_before_it_is_read():
    assert slugs("(" * (LONGEST + 1)) == ["condition-too-long"]


@given(st.text(max_size=60))
def test_no_text_makes_the_parser_raise(cel):
    node, diagnostics = parse(cel, text(cel).place)
    assert node is not None or diagnostics


PIECES = [
    "a",
    "b.c",
    "1",
    "0.5",
    '"t"',
    "==",
    "&&",
    "||",
    "!",
    "-",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    "?",
    ":",
    "in",
    "{",
    "has",
    "null",
    "1u",
]


@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_no_row_of_tokens_makes_the_parser_raise(pieces):
    cel = " ".join(pieces)
    node, diagnostics = parse(cel, text(cel).place)
    assert node is not None or diagnostics
    assert all(1 <= each.span.column <= len(cel) + 1 for each in diagnostics)
