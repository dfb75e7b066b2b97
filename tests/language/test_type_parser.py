from __future__ import annotations

import pytest

from compliance.language.nodes import Scalar, Table
from compliance.language.reader import read_source
from compliance.language.span import Source
from compliance.language.type_parser import SCALARS, TypeShape
from compliance.vocabulary.types import BOOL, TERRITORY, ListType, OneOfType, RecordType, SetType
from tests.language.small import underlined


def parse(text):
    source = Source("a.yaml", f"type: {text}\n")
    node, _ = read_source(source)
    assert isinstance(node, Table)
    value = node.get("type")
    assert value is not None
    found = []
    return TypeShape().take(value, "type", found), [(each.slug, underlined(each.span, (source,))) for each in found]


@pytest.mark.parametrize("name", SCALARS)
def test_a_scalar_type_is_its_name(name):
    assert parse(name) == (SCALARS[name], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("set<territory>", SetType(TERRITORY)),
        ("set< territory >", SetType(TERRITORY)),
        ("set<one_of<a, b>>", SetType(OneOfType(("a", "b")))),
        ("one_of<a-b,c.d,1x>", OneOfType(("a-b", "c.d", "1x"))),
        ("list<Owner>", ListType(RecordType("Owner"))),
        ("record<Owner>", RecordType("Owner")),
        ("'bool'", BOOL),
    ],
)
def test_a_type_of_something_is_read_with_what_it_is_of(text, expected):
    assert parse(text) == (expected, [])


@pytest.mark.parametrize(
    "expected", [*SCALARS.values(), SetType(TERRITORY), OneOfType(("a", "b")), SetType(OneOfType(("x",)))]
)
def test_law_a_type_is_read_from_how_it_is_written(expected):
    assert parse(str(expected)) == (expected, [])


@pytest.mark.parametrize(
    ("text", "slug", "marked"),
    [
        ("boolean", "unknown-type", "boolean"),
        ("sett<territory>", "unknown-type", "sett"),
        ("set<teritory>", "unknown-type", "teritory"),
        ("set", "bad-type", "set"),
        ("list<territory>", "bad-type", "territory"),
        ("set<list<Owner>>", "bad-type", "list<Owner>"),
        ("set<set<bool>>", "bad-type", "set<bool>"),
        ("set<Owner>", "unknown-type", "Owner"),
        ("one_of<>", "bad-type", "<>"),
        ("one_of<a, b, a>", "duplicate-name", "a"),
        ("one_of<a, !>", "bad-type", "!"),
        ("set<territory", "bad-type", "set<territory"),
        ("'set<teritory>'", "unknown-type", "teritory"),
        ("float", "unknown-type", "float"),
    ],
)
def test_the_part_of_the_type_that_is_wrong_is_pointed_at(text, slug, marked):
    assert parse(text) == (None, [(slug, marked)])


def test_a_list_of_words_is_no_type():
    found = []
    node, _ = read_source(Source("a.yaml", "[a]"))
    assert node is not None
    assert TypeShape().take(node, "type", found) is None
    assert [each.slug for each in found] == ["wrong-shape"]
    assert not isinstance(node, Scalar)
