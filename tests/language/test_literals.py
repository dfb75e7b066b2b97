from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.language.literals import (
    BadLiteral,
    date_of,
    decimal_of,
    duration_of,
    int_of,
    text_of,
    timestamp_of,
)


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ('""', ""),
        ("'\"\"'", '""'),
        ("'''x''x'''", "x''x"),
        (r'"\""', '"'),
        (r'"\\"', "\\"),
        (r'r"\\"', r"\\"),
        (r'"\303\277"', "\u00c3\u00bf"),
        (r'"\xFF\u00ff\U000000ff"', "\u00ff\u00ff\u00ff"),
        (r'"\a\b\f\n\r\t\v\?\`"', "\a\b\f\n\r\t\v?`"),
        ('"""a\nb"""', "a\nb"),
        ("R'''\\n'''", "\\n"),
    ],
)
def test_texts_are_those_of_the_cel_specification(token, value):
    assert text_of(token) == value


@pytest.mark.parametrize("token", [r'"\q"', r'"\u12"', r'"\ud800"', r'"\U00110000"', r'"\400"', r'"\x4"'])
def test_an_escape_that_names_no_character_is_refused(token):
    with pytest.raises(BadLiteral) as refused:
        text_of(token)
    assert token[refused.value.start] == "\\"


def test_an_instant_needs_its_zone_and_comes_out_in_utc():
    assert timestamp_of("2026-01-31T01:30:00+02:00") == datetime(2026, 1, 30, 23, 30, tzinfo=UTC)
    for wrong in ("2026-01-31", "2026-01-31T00:00:00", "2026-02-30T00:00:00Z", "now"):
        with pytest.raises(BadLiteral):
            timestamp_of(wrong)


def test_a_day_is_one_of_the_calendar():
    assert date_of("2024-02-29") == date(2024, 2, 29)
    for wrong in ("2026-02-29", "2026-1-1", "20260101"):
        with pytest.raises(BadLiteral):
            date_of(wrong)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("1h30m", timedelta(minutes=90)),
        ("365d", timedelta(days=365)),
        ("-1.5h", timedelta(minutes=-90)),
        ("1ms1us", timedelta(microseconds=1001)),
        ("0s", timedelta(0)),
    ],
)
def test_lengths_of_time_are_exact(text, value):
    assert duration_of(text) == value


@pytest.mark.parametrize("text", ["", "1", "s", "1w", "1 h", "--1s", "0.1us", "9" * 30 + "d"])
def test_other_lengths_of_time_are_refused(text):
    with pytest.raises(BadLiteral):
        duration_of(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20))
def test_a_decimal_is_kept_digit_by_digit(number):
    assert decimal_of(format(number, "f")) == number


@pytest.mark.parametrize("text", ["", "1e3", "NaN", "1.", ".5", "1,5", "\u0661", "1" * 80])
def test_other_decimals_are_refused(text):
    with pytest.raises(BadLiteral):
        decimal_of(text)


def test_an_int_may_be_hexadecimal():
    assert int_of("0x7F") == 127
    assert decimal_of("-12") == Decimal(-12)
