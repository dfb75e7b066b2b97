from __future__ import annotations

import pytest
from hypothesis import given

from compliance.language.parser import parse
from compliance.language.span import NOWHERE, Span
from compliance.language.syntax import Name, Unary, children, depth, dotted, names
from tests.language.trees import trees
from tests.language.words import text


def parsed(cel):
    node, _ = parse(cel, text(cel).place)
    assert node is not None
    return node


def test_trees_are_equal_wherever_they_stand():
    assert parsed("a.b == 1") == parsed("  a . b==1")
    assert parsed("true") != parsed("1")
    assert parsed("1") != parsed("1.0")


@pytest.mark.parametrize(
    ("cel", "expected"),
    [
        ("a.b.c", ["a.b.c", "a.b"]),
        ("a", ["a"]),
        ("a.b == c.d", ["a.b", "c.d"]),
        ("a.f().b", ["a"]),
        ("a.b.exists(x, x.y && c.d)", ["a.b", "c.d"]),
        ("a.b.exists(x, x.y) && x.y", ["a.b", "x.y"]),
        ("a.x.map(x, x.ys.exists(y, y == x))", ["a.x"]),
        ("has(a.b) ? -c.d : [e.f]", ["a.b", "c.d", "e.f"]),
        ('parameter("p") == "a.b"', []),
    ],
)
def test_names_are_those_of_facts_and_definitions_only(cel, expected):
    assert [name for name, _ in names(parsed(cel))] == expected


def test_a_name_within_a_name_has_its_own_place():
    assert list(names(parsed("a.b.c"))) == [("a.b.c", Span("a.yaml", 1, 1, 1, 6)), ("a.b", Span("a.yaml", 1, 1, 1, 4))]


def test_only_plain_names_are_dotted():
    assert dotted(parsed("a.b.c")) == "a.b.c"
    assert dotted(parsed("f(a).b")) is None


@given(trees)
def test_a_tree_is_one_level_deeper_than_its_deepest_part(tree):
    assert depth(tree) == 1 + max((depth(part) for part in children(tree)), default=0)


def test_depth_is_found_without_recursion():
    node = Name("a", NOWHERE)
    for _ in range(100_000):
        node = Unary("!", node, NOWHERE)
    assert depth(node) == 100_001
    while isinstance(node, Unary):  # taken apart by hand: Python frees a deep tree by recursion
        node = node.term
