from __future__ import annotations

import pytest

from compliance.language.condition import Said, Text, Tree
from compliance.language.condition_reader import CONDITION
from compliance.language.nodes import Table
from compliance.language.reader import read_source
from compliance.language.span import Source
from tests.language.small import underlined


def take(text):
    source = Source("a.yaml", f"when: {text}\n")
    node, unread = read_source(source)
    assert isinstance(node, Table)
    value = node.get("when")
    assert value is not None
    found = list(unread)
    return CONDITION.take(value, "when", found), [(each.slug, underlined(each.span, (source,))) for each in found]


@pytest.mark.parametrize("text", ["subject.x == 1", "'subject.x == 1'", "|\n  subject.x == 1", "subject.x\n  == 1"])
def test_an_expression_keeps_its_words_and_knows_where_they_stand(text):
    condition, found = take(text)
    assert found == []
    assert isinstance(condition, Text)
    value = condition.text.strip()
    assert value == "subject.x == 1"
    place = condition.place(condition.text.index("== 1"), len(value))
    assert f"when: {text}".split("\n")[place.line - 1][place.column - 1 :].startswith("== 1")


def test_a_tree_keeps_its_kind_its_leaves_and_what_they_say():
    condition, found = take("{all: [subject.x, {any: [a, b]}, {is: c, says: it is so}]}")
    assert found == []
    assert isinstance(condition, Tree)
    assert condition.kind == "all"
    first, second, third = condition.items
    assert isinstance(first, Text)
    assert isinstance(second, Tree)
    assert second.kind == "any"
    assert isinstance(third, Said)
    assert third.says == "it is so"


@pytest.mark.parametrize(
    ("text", "slug", "marked"),
    [
        (">\n  subject.x", "folded-condition", ">"),
        (">-\n  subject.x", "folded-condition", ">"),
        ('"subject.x"', "double-quoted-condition", '"subject.x"'),
        ("[a, b]", "condition-is-a-list", "["),
        ("{al: [a]}", "unknown-key", "al"),
        ("{all: [a], any: [b]}", "two-groups", "any"),
        ("{all: a}", "wrong-shape", "a"),
        ("{all: []}", "empty-value", "[]"),
        ("{}", "empty-value", "{"),
        ("", "empty-value", " "),
        ("{all: [{is: a}]}", "missing-field", "{"),
        ("{all: [{is: a, says: b, why: c}]}", "unknown-key", "why"),
        ("{all: [a, [b]]}", "condition-is-a-list", "["),
        ("{all: [a, '']}", "empty-value", "''"),
    ],
)
def test_what_cannot_be_taken_as_it_stands_is_pointed_at(text, slug, marked):
    assert take(text) == (None, [(slug, marked)])


def test_the_cure_for_double_quotes_is_the_same_text_in_single_ones():
    node, _ = read_source(Source("a.yaml", "when: \"subject.x == 'a'\"\n"))
    assert isinstance(node, Table)
    value = node.get("when")
    assert value is not None
    found = []
    CONDITION.take(value, "when", found)
    assert found[0].help == "put it in single quotes: `'subject.x == ''a'''`"
