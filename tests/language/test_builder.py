from __future__ import annotations

from decimal import Decimal

import pytest

from compliance.language.parser import parse
from compliance.language.span import NOWHERE
from compliance.language.syntax import BoolLiteral, Broken, DecimalLiteral, IntLiteral, TextLiteral
from tests.language.words import text


def built(cel):
    return parse(cel, text(cel).place)


@pytest.mark.parametrize(
    ("cel", "node"),
    [
        ("12", IntLiteral(12, NOWHERE)),
        ("0x1f", IntLiteral(31, NOWHERE)),
        ("-9223372036854775808", IntLiteral(-(2**63), NOWHERE)),
        ("9223372036854775807", IntLiteral(2**63 - 1, NOWHERE)),
        ("0.1", DecimalLiteral(Decimal("0.1"), NOWHERE)),
        ("-.5", DecimalLiteral(Decimal("-0.5"), NOWHERE)),
        ("true", BoolLiteral(True, NOWHERE)),
        (r'"a\tb"', TextLiteral("a\tb", NOWHERE)),
        (r"r'a\tb'", TextLiteral(r"a\tb", NOWHERE)),
        ("'''it's\nhere'''", TextLiteral("it's\nhere", NOWHERE)),
    ],
)
def test_literals_have_their_values(cel, node):
    assert built(cel) == (node, [])


@pytest.mark.parametrize(
    "cel",
    [
        "a[1]",
        "A{}",
        "A{b: 1,}",
        "{}",
        '{"a": 1, "b": 2,}',
        "a.?b",
        "a[?0]",
        ".a",
        "1u",
        "0x1Fu",
        "1e3",
        "1.5E-3",
        "b'x'",
        "null",
    ],
)
def test_what_only_cel_has_is_named(cel):
    node, (diagnostic,) = built(cel)
    assert isinstance(node, Broken)
    assert diagnostic.slug == "not-in-this-language"
    assert diagnostic.help


def test_comparing_with_null_shows_how_to_ask_for_absence():
    assert built("a.b == null")[1][0].help == "write `!has(a.b)`"
    assert built("a.b != null")[1][0].help == "write `has(a.b)`"


@pytest.mark.parametrize("cel", ["9223372036854775808", "-9223372036854775809", "1" * 200])
def test_ints_have_64_bits(cel):
    node, (diagnostic,) = built(cel)
    assert isinstance(node, Broken)
    assert diagnostic.slug == "int-out-of-range"


def test_a_decimal_has_no_more_digits_than_are_kept():
    assert [each.slug for each in built("0." + "1" * 100)[1]] == ["malformed-literal"]


def test_a_reserved_word_is_refused_once():
    assert [each.slug for each in built("if && if")[1]] == ["reserved-word"]
    assert built("a.if")[1] == []


def test_a_wrong_escape_is_underlined_inside_its_text():
    cel = r'a == "b\q"'
    (diagnostic,) = built(cel)[1]
    assert cel[diagnostic.span.column - 1 : diagnostic.span.end_column - 1] == r"\q"
