from __future__ import annotations

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from compliance.language.positions import Positions


def read(document: str) -> tuple[str, Positions]:
    """The value that YAML gives the scalar behind the key `k`, and our reading of the same characters."""
    mapping = yaml.compose(document, Loader=yaml.CSafeLoader)
    assert mapping is not None
    node = mapping.value[0][1]
    start, end = node.start_mark, node.end_mark
    raw = document[start.index : end.index]
    return node.value, Positions.of(start.line + 1, start.column + 1, node.style, raw)


def char_at(document: str, place: tuple[int, int]) -> str:
    line, column = place
    return document.split("\n")[line - 1][column - 1 : column]


DOCUMENTS = [
    "k: subject.a && subject.b\n",
    "k: subject.a &&\n  subject.b\n",
    "k: one\n  two\n\n\n  three # comment\n",
    "k: 'it''s'\n",
    "k: 'a\n  b\n\n  c'\n",
    "k: ' a '\n",
    'k: "a\\tb\\u00e9\\x41\\"c"\n',
    'k: "a\\\n  b\n  c"\n',
    'k: "a \\n\n\n  b"\n',
    'k: ""\n',
    "k: |\n  a &&\n  b\n",
    "k: |-\n  a &&\n    b\n\n  c\n",
    "k: |+\n  a\n\n",
    "k: | # why\n  a\n",
    "k: |\n\n  a\n",
    "k: >\n  a &&\n  b\n\n  c\n   d\n  e\n",
    "k: >-\n\n\n  a\n  b\n",
    "- k: deep\n    er\n",
    "k:\n  on the next line\n",
    "k:\n- |\n a\n",
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_value_read_again_is_the_value_that_yaml_reads(document):
    node = yaml.compose(document, Loader=yaml.CSafeLoader)
    while not isinstance(node, yaml.ScalarNode):
        inner = node.value[0]
        node = inner[1] if isinstance(inner, tuple) else inner
    start, end = node.start_mark, node.end_mark
    positions = Positions.of(start.line + 1, start.column + 1, node.style, document[start.index : end.index])
    assert positions.text == node.value
    assert len(positions.places) == len(node.value) + 1


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_letter_stands_where_its_place_says(document):
    if document.startswith("-") or "\n- " in document or "\\" in document:
        return
    value, positions = read(document)
    for offset, char in enumerate(value):
        if not char.isspace():
            assert char_at(document, positions(offset)) == char


def test_an_escaped_character_stands_at_its_backslash():
    _, positions = read('k: "a\\u00e9b"\n')
    assert [positions(offset) for offset in range(4)] == [(1, 5), (1, 6), (1, 12), (1, 13)]


def test_a_doubled_quote_stands_at_its_first_half():
    _, positions = read("k: 'a''b'\n")
    assert [positions(offset) for offset in range(4)] == [(1, 5), (1, 6), (1, 8), (1, 9)]


def test_a_fold_stands_at_the_end_of_its_line():
    _, positions = read("k: a &&\n   b\n")
    assert positions(4) == (1, 8)
    assert positions(5) == (2, 4)


def test_an_offset_outside_is_the_nearest_end():
    _, positions = read("k: ab\n")
    assert positions(-3) == (1, 4)
    assert positions(99) == (1, 6)


WORDS = st.text("ab<&(\"'.)=! \u00e9\u65e5\\/", min_size=1, max_size=12)


@given(
    st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(["'", '"', "|", "|-", "|+", ">", ">-"]), st.integers(1, 4)
)
def test_any_scalar_in_any_style_is_read_as_yaml_reads_it(lines, style, indent):
    pad = " " * indent
    if style == "'":
        body = ("\n" + pad).join(line.replace("'", "''") for line in lines)
        document = f"k: '{body}'\n"
    elif style == '"':
        body = ("\n" + pad).join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
        document = f'k: "{body}"\n'
    else:
        assume(lines[0].strip(" "))
        assume(not lines[0].startswith(" "))
        document = f"k: {style}\n" + "".join(f"{pad}{line}\n" for line in lines)
    value, positions = read(document)
    assert positions.text == value
    assert len(positions.places) == len(value) + 1
    assert list(positions.places) == sorted(positions.places)
    for offset, char in enumerate(value):
        if not char.isspace() and char not in "'\"\\":
            assert char_at(document, positions(offset)) == char


@given(st.lists(st.text("ab<&(.)=\u00e9", min_size=1, max_size=8), min_size=1, max_size=4), st.integers(0, 2))
def test_any_plain_scalar_over_several_lines_is_read_as_yaml_reads_it(words, blanks):
    assume(words[0][0] in "ab(")
    document = "k: " + ("\n" * (blanks + 1) + "  ").join(words) + " # why\n"
    value, positions = read(document)
    assert positions.text == value
    for offset, char in enumerate(value):
        if not char.isspace():
            assert char_at(document, positions(offset)) == char
