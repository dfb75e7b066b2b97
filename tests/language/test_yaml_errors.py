from __future__ import annotations

import pytest

from compliance.language.reader import read_source
from compliance.language.span import Source


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: b\n  c: d\n", "2:3", "a key stands where none can"),
        ("a: [1\nb: 2\n", "2:2", "a list in `[` is not closed"),
        ("a: {b: 1\n", "1:9", "a mapping in `{` is not closed"),
        ("- a\nb: c\n", "2:1", "this line does not fit the list around it"),
        ("x: |\n  a\n y: z\n", "3:2", "this line does not fit the mapping around it"),
        ('a: "x\n', "1:6", "a text in quotes does not end"),
        ('a: "\\q"\n', "1:5", "double quotes know no such escape"),
        ("a: b\nfoo\nc: d\n", "2:1", "this is neither `key: value` nor `- item`"),
        ("a: - b\n", "1:4", "a list begins where none can"),
        ("a: |x\n  b\n", "1:5", "more stands behind `|` or `>`"),
        ("a: ,\n", "1:4", "a value is missing here"),
        ("%YAML 3.0\n---\na: b\n", "1:1", "the file asks for a version of YAML that there is not"),
    ],
)
def test_what_yaml_refuses_is_said_in_plain_words(text, place, message):
    node, diagnostics = read_source(Source("a.yaml", text))
    assert node is None
    assert [(each.slug, str(each.span), each.message) for each in diagnostics] == [
        ("bad-yaml", f"a.yaml:{place}", message)
    ]
    assert diagnostics[0].help


def test_where_the_broken_part_begins_is_noted():
    diagnostics = read_source(Source("a.yaml", "x: 1\na: [1\nb: 2\n"))[1]
    assert [str(note.span) for note in diagnostics[0].notes] == ["a.yaml:2:4"]
