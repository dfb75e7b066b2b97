"""Surface trees as Hypothesis makes them: everything the parser can build, and nothing else."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from compliance.language.builder import LARGEST, RESERVED, SMALLEST
from compliance.language.span import NOWHERE
from compliance.language.syntax import (
    Binary,
    BoolLiteral,
    Call,
    DecimalLiteral,
    IntLiteral,
    Join,
    ListLiteral,
    Method,
    Name,
    Node,
    Select,
    Ternary,
    TextLiteral,
    Unary,
)

OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%")
NOT_NAMES = RESERVED | {"true", "false", "null", "and", "or", "not"}

words = st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True).filter(lambda word: word not in NOT_NAMES)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
decimals = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**12), 10**12), st.integers(0, 9)
)
leaves = st.one_of(
    st.booleans().map(lambda value: BoolLiteral(value, NOWHERE)),
    st.integers(SMALLEST, LARGEST).map(lambda value: IntLiteral(value, NOWHERE)),
    decimals.map(lambda value: DecimalLiteral(value, NOWHERE)),
    texts.map(lambda value: TextLiteral(value, NOWHERE)),
    words.map(lambda value: Name(value, NOWHERE)),
)


def _unary(operator: str, term: Node) -> Node:
    """The parser makes a minus before a number a part of the number."""
    is_number = isinstance(term, IntLiteral | DecimalLiteral)
    if operator == "-" and is_number and term.value >= 0:
        return type(term)(-term.value, NOWHERE)
    return Unary(operator, term, NOWHERE)


def _larger(parts):
    several = st.lists(parts, max_size=3).map(tuple)
    joined = st.lists(parts, min_size=2, max_size=4)
    return st.one_of(
        several.map(lambda items: ListLiteral(items, NOWHERE)),
        st.builds(lambda target, name: Select(target, name, NOWHERE, NOWHERE), parts, words),
        st.builds(lambda name, items: Call(name, items, NOWHERE, NOWHERE), words, several),
        st.builds(lambda target, name, items: Method(target, name, items, NOWHERE, NOWHERE), parts, words, several),
        st.builds(_unary, st.sampled_from("!-"), parts),
        st.builds(
            lambda operator, left, right: Binary(operator, left, right, NOWHERE, NOWHERE),
            st.sampled_from(OPERATORS),
            parts,
            parts,
        ),
        st.builds(_joined, st.sampled_from(["&&", "||"]), joined),
        st.builds(lambda first, then, last: Ternary(first, then, last, NOWHERE), parts, parts, parts),
    )


def _joined(operator: str, terms: list[Node]) -> Node:
    return Join(operator, tuple(terms), NOWHERE)


trees = st.recursive(leaves, _larger, max_leaves=12)
