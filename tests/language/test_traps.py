from __future__ import annotations

import pytest

from compliance.language.traps import cut_by_comment, find_trap, quoted


@pytest.mark.parametrize(
    ("line", "slug", "fixed"),
    [
        ("when: !subject.x && y", "unquoted-not", "when: '!subject.x && y'"),
        ("when: !(subject.x && y)", "unquoted-not", "when: '!(subject.x && y)'"),
        ("  - !subject.x", "unquoted-not", "  - '!subject.x'"),
        ("when: *subject.x", "unquoted-star", "when: '*subject.x'"),
        ("when: &subject.x", "unquoted-ampersand", "when: '&subject.x'"),
        ("when: @subject.x", "unquoted-sign", "when: '@subject.x'"),
        ("when: `subject.x`", "unquoted-sign", "when: '`subject.x`'"),
        ("when: ['a'].exists(x, x == y)", "unquoted-bracket", "when: '[''a''].exists(x, x == y)'"),
        ("when: {a: b}.size() == 1", "unquoted-brace", "when: '{a: b}.size() == 1'"),
        ('when: "a" in subject.x', "unquoted-quote", "when: '\"a\" in subject.x'"),
        ("when: 'a' in subject.x", "unquoted-quote", "when: '''a'' in subject.x'"),
        ("says: 'it's'", "unquoted-quote", "says: 'it''s'"),
        ("when: subject.x ? a : b", "unquoted-colon", "when: 'subject.x ? a : b'"),
        ('when: subject.x == "a: b"', "unquoted-colon", "when: 'subject.x == \"a: b\"'"),
        ("says: this: that", "unquoted-colon", "says: 'this: that'"),
        ('when: subject.x == "a #b"', "unquoted-hash", "when: 'subject.x == \"a #b\"'"),
        ("  \twhen: subject.x", "tab-indentation", "    when: subject.x"),
    ],
)
def test_the_line_is_shown_as_it_should_be(line, slug, fixed):
    trap = find_trap(line)
    assert trap is not None
    assert (trap.slug, trap.fixed_line) == (slug, fixed)


def test_a_comment_behind_the_expression_stays_out_of_the_quotes():
    trap = find_trap("when: !subject.x  # not")
    assert trap is not None
    assert trap.fixed_line == "when: '!subject.x'"


@pytest.mark.parametrize(
    "line", ["when: subject.x", "of: [a, b]", 'says: "a: b"', "a:", "", "- b", "x: {a: b}", "a: b # c"]
)
def test_a_sound_line_is_no_trap(line):
    assert find_trap(line) is None


def test_the_trap_must_be_where_yaml_found_it():
    assert find_trap("a: !subject.x", at=3) is not None
    assert find_trap("a: !subject.x", at=5) is None


def test_only_an_expression_with_an_open_quote_is_cut_by_a_comment():
    assert cut_by_comment('subject.x == "a', ' #b"')
    assert not cut_by_comment("subject.x", " # why")
    assert not cut_by_comment('a 3" pipe', " # why")


def test_quotes_are_doubled_inside_quotes():
    assert quoted("it's") == "'it''s'"
