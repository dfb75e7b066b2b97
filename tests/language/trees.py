"""Surface trees as Hypothesis makes them: everything the parser can build, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

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


def _unary(operator: Literal["!", "-"], term: Node) -> Node:
    """The parser makes a minus before a number a part of the number."""
    if operator == "-" and isinstance(term, IntLiteral) and term.value >= 0:
        return IntLiteral(-term.value, NOWHERE)
    if operator == "-" and isinstance(term, DecimalLiteral) and term.value >= 0:
        return DecimalLiteral(-term.value, NOWHERE)
    return Unary(operator, term, NOWHERE)


def _larger(parts, names=words):
    several = st.lists(parts, max_size=3).map(tuple)
    joined = st.lists(parts, min_size=2, max_size=4)
    return st.one_of(
        several.map(lambda items: ListLiteral(items, NOWHERE)),
        st.builds(lambda target, name: Select(target, name, NOWHERE, NOWHERE), parts, words),
        st.builds(lambda name, items: Call(name, items, NOWHERE, NOWHERE), names, several),
        st.builds(lambda target, name, items: Method(target, name, items, NOWHERE, NOWHERE), parts, names, several),
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


def _joined(operator: Literal["&&", "||"], terms: list[Node]) -> Node:
    return Join(operator, tuple(terms), NOWHERE)


trees = st.recursive(leaves, _larger, max_leaves=12)


def sensible_trees(paths, functions):
    """Trees about facts that exist, with functions that exist: most are still wrong, but not for want of names."""

    def chain(path: str) -> Node:
        first, *rest = path.split(".")
        node: Node = Name(first, NOWHERE)
        for part in rest:
            node = Select(node, part, NOWHERE, NOWHERE)
        return node

    facts = st.sampled_from(paths).map(chain)
    literals = st.one_of(
        st.sampled_from([0, 1, 3, 400]).map(lambda value: IntLiteral(value, NOWHERE)),
        st.sampled_from(["mail", "retail", "EUR", "US", "trust", "limit", "24h", "(a+)+"]).map(
            lambda value: TextLiteral(value, NOWHERE)
        ),
        st.just(DecimalLiteral(Decimal("0.5"), NOWHERE)),
        st.just(BoolLiteral(True, NOWHERE)),
    )
    variables = st.sampled_from("xy").map(lambda name: Name(name, NOWHERE))
    bound = st.deferred(
        lambda: st.builds(
            lambda target, kind, name, body: Method(target, kind, (name, body), NOWHERE, NOWHERE),
            facts,
            st.sampled_from(["exists", "all", "exists_one", "filter", "map", "sum", "min", "max"]),
            variables,
            made,
        )
    )
    has = facts.map(lambda fact: Call("has", (fact,), NOWHERE, NOWHERE))
    base = st.one_of(facts, literals, has, variables)
    made = st.recursive(base, lambda parts: st.one_of(_larger(parts, st.sampled_from(functions)), bound), max_leaves=8)
    return made
