from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.language.nodes import Broken, Scalar, Sequence, Table
from compliance.language.reader import DEEPEST, normalised, read_source
from compliance.language.span import Source
from tests.language.small import underlined


def read(text):
    return read_source(Source("a.yaml", normalised(text)))


def found(text):
    source = Source("a.yaml", normalised(text))
    return [(each.slug, underlined(each.span, (source,))) for each in read_source(source)[1]]


def test_every_scalar_stays_text():
    node, diagnostics = read("of: [IS, LI, NO, 010, 12:30, 1e3, 2026-01-01, true]\n")
    assert diagnostics == []
    assert isinstance(node, Table)
    items = node.get("of")
    assert isinstance(items, Sequence)
    assert [item.value for item in items.items if isinstance(item, Scalar)] == [
        "IS",
        "LI",
        "NO",
        "010",
        "12:30",
        "1e3",
        "2026-01-01",
        "true",
    ]


def test_every_node_knows_its_line_and_column_from_one():
    node, _ = read("ä: ö\nlist:\n  - one\n  - {two: 'th''ree'}\n")
    assert isinstance(node, Table)
    assert str(node.span) == "a.yaml:1:1"
    listed = node.get("list")
    assert isinstance(listed, Sequence)
    assert [str(item.span) for item in listed.items] == ["a.yaml:3:5", "a.yaml:4:5"]
    inner = listed.items[1]
    assert isinstance(inner, Table)
    assert str(inner.entries["two"].value.span) == "a.yaml:4:11"
    assert inner.entries["two"].value.span.end_column == 20


def test_a_block_ends_with_its_last_line_and_not_with_the_comment_after_it():
    node, _ = read("a: |\n  x\n  y\n\n# a comment\nb: 1\n")
    assert isinstance(node, Table)
    span = node.entries["a"].value.span
    assert (span.line, span.end_line, span.end_column) == (1, 3, 4)


def test_the_second_of_two_equal_keys_is_pointed_at_and_the_first_one_noted():
    diagnostics = read("a: 1\nb: 2\na: 3\n")[1]
    assert [(each.slug, str(each.span)) for each in diagnostics] == [("duplicate-key", "a.yaml:3:1")]
    assert [str(note.span) for note in diagnostics[0].notes] == ["a.yaml:1:1"]


@pytest.mark.parametrize(
    ("text", "slug", "marked"),
    [
        ("a: *b\n", "alias-not-allowed", "*b"),
        ("a: &b c\n", "anchor-not-allowed", "&b c"),
        ("a: !!python/object:os.system x\n", "tag-not-allowed", "!!python/object:os.system x"),
        ("? [a]\n: b\n", "key-not-text", "["),
        ("a: 1\n---\nb: 2\n", "several-documents", "---"),
        ("", "empty-file", ""),
        ("# nothing but this\n", "empty-file", "#"),
        ("a: b\n\u200bc: d\n", "invisible-character", "\u200b"),
        ("a: \u202eb\n", "invisible-character", "\u202e"),
        ("a: \x00\n", "invisible-character", "\x00"),
        ('a: "\\0id"\n', "invisible-character", '"\\0id"'),
        ('a: "\\u202Eb"\n', "invisible-character", '"\\u202Eb"'),
        ("a: \ufffd\ufffd\n", "wrong-encoding", "\ufffd\ufffd"),
        ("a: {b: c, d}\n", "unquoted-comma", "d"),
        ("a: [b\n", "bad-yaml", ""),
    ],
)
def test_what_a_rule_file_cannot_hold_is_pointed_at(text, slug, marked):
    assert found(text) == [(slug, marked)]


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 5_000, "{a: " * 5_000])
def test_nesting_without_an_end_is_a_diagnostic(text):
    assert [slug for slug, _ in found(text)] == ["too-deep"]


def test_what_is_nested_as_deep_as_allowed_is_read():
    assert found("[" * DEEPEST + "]" * DEEPEST) == []


def test_a_file_that_is_too_long_is_not_read():
    assert [slug for slug, _ in found("a" * 4_000_001)] == ["file-too-long"]


def test_an_alias_is_never_followed_so_a_bomb_is_a_list_of_diagnostics():
    bomb = "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    assert found(bomb) == [
        ("anchor-not-allowed", "&a ["),
        ("anchor-not-allowed", "&b ["),
        ("alias-not-allowed", "*a"),
        ("alias-not-allowed", "*a"),
        ("anchor-not-allowed", "&c ["),
        ("alias-not-allowed", "*b"),
        ("alias-not-allowed", "*b"),
    ]


def test_the_rest_of_a_file_is_read_after_lines_that_yaml_misreads():
    text = """\
when: "a" == subject.x
    && subject.y
says: it is: so
needs: !subject.y && z
b: 1
b: 2
"""
    source = Source("a.yaml", text)
    node, diagnostics = read_source(source)
    assert {(each.slug, underlined(each.span, (source,))) for each in diagnostics} == {
        ("unquoted-quote", '"'),
        ("unquoted-colon", ":"),
        ("unquoted-not", "!"),
        ("duplicate-key", "b"),
    }
    assert isinstance(node, Table)
    assert list(node.entries) == ["when", "says", "needs", "b"]
    assert all(isinstance(node.get(key), Broken) for key in ("when", "says", "needs"))


def test_tabs_are_reported_line_by_line_and_nothing_is_blamed_on_what_follows_from_them():
    assert found("a:\n\t- b\n\t- c\nd: 1\n") == [("tab-indentation", "\t"), ("tab-indentation", "\t")]
    assert found("a: 1\n\tb: 2\n") == [("tab-indentation", "\t")]


def test_a_value_that_was_complained_about_is_broken_and_not_absent():
    node, _ = read("a: *b\n")
    assert isinstance(node, Table)
    assert isinstance(node.get("a"), Broken)


def test_a_byte_order_mark_and_carriage_returns_make_no_difference():
    assert read("\ufeffa: b\r\nc: d\r\n") == read("a: b\nc: d\n")


@given(st.text(alphabet=st.sampled_from("abc:-[]{}&*!|>'\"#%@`? \n\t,~"), max_size=80))
@example("a: b\n'")
@example("a:\n - b\n c")
def test_law_no_text_makes_the_reader_raise(text):
    source = Source("a.yaml", normalised(text))
    node, diagnostics = read_source(source)
    assert node is not None or diagnostics
    rows = source.text.split("\n")
    for each in diagnostics:
        assert 1 <= each.span.line <= each.span.end_line <= len(rows)
        assert 1 <= each.span.column <= len(rows[each.span.line - 1]) + 1


@given(st.binary(max_size=60))
def test_law_no_bytes_make_the_reader_raise(content):
    read(content.decode("utf-8", "replace"))
