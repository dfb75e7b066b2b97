from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.language.patterns import UnsafePattern, check_pattern, compiled


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "^[A-Z]{2}$",
        "^[a-z0-9]+@[a-z0-9]+\\.[a-z]{2,6}$",
        "a|b|cd",
        "(ab)+",
        "(?:[0-9]{2}:){3}",
        "x?y*z+",
        "^US[0-9A-Z]{9}[0-9]$",
        "[^\\s]*",
        "[\\w.-]+",
        "a.*b",
        "(a*)?",
        "\\.\\*",
        "caf\u00e9",
    ],
)
def test_patterns_of_the_subset_are_allowed(pattern):
    check_pattern(pattern)
    compiled(pattern)


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(a+)+$", "(a+)+"),
        ("(a|a)*$", "(a|a)*"),
        ("(a?){30}a", "(a?){30}"),
        (".*.*x", ".*"),
        ("a*[ab]*x", "[ab]*"),
        ("a*b?a*", "a*"),
        ("(a)\\1", "\\1"),
        ("(?=a)", "(?="),
        ("(?<!a)b", "(?<"),
        ("(?P<n>a)", "(?P"),
        ("(?i)a", "(?i"),
        ("a*+", "+"),
        ("a**", "**"),
        ("*a", "*"),
        ("a{2,1}", "{2,1}"),
        ("a{5000}", "{5000}"),
        ("a{", "{"),
        ("(a{40}){40}", "(a{40}){40}"),
        ("a?a?", "a?"),
        ("^*", "^*"),
        ("(a", "("),
        ("a)", ")"),
        ("[a", "["),
        ("[z-a]", "z-a"),
        ("[[a]", "["),
        ("\\b", "\\b"),
        ("\\", "\\"),
    ],
)
def test_what_takes_long_or_is_read_differently_is_refused(pattern, part):
    with pytest.raises(UnsafePattern) as refused:
        check_pattern(pattern)
    found = pattern[refused.value.start : refused.value.end]
    assert part.startswith(found) or found.endswith(part)


def test_nesting_and_length_are_bounded():
    for pattern in ("(" * 5000 + ")" * 5000, "a" * 5000):
        with pytest.raises(UnsafePattern):
            check_pattern(pattern)


def test_a_pattern_means_what_it_means_in_re2():
    assert compiled("^a$").search("a\n") is None
    assert compiled("\\d").search("\u0661") is None
    assert compiled("[$]").search("a$b") is not None
    assert compiled("\\$").search("a$b") is not None


@given(st.text("ab01.^$*+?{}()[]|\\d-,", max_size=14))
def test_a_pattern_is_refused_or_compiles(pattern):
    try:
        check_pattern(pattern)
    except UnsafePattern:
        return
    assert isinstance(compiled(pattern), re.Pattern)
    compiled(pattern).search("ab01" * 200)
