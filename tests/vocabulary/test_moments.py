from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary import moments


def test_a_day_is_year_month_and_day():
    assert moments.day("2026-01-31") == date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "20260131", "2026-1-31", "2026-W05-1", "31.01.2026", "", "\u0662026-01-31", "2026-01-31T00:00:00Z"],
)
def test_anything_else_is_no_day(text):
    assert moments.day(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+05:30", datetime(2026, 1, 31, 6, 30, tzinfo=UTC)),
        ("2026-01-31T12:00:00-00:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00.5Z", datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-01-31T12:00:00.123456789Z", datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_an_instant_comes_out_in_utc(text, expected):
    found = moments.instant(text)
    assert found == expected
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00Z",
        "2026-01-31T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "2026-01-31T12:00:00+25:00",
        "2026-01-31",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-31T12:00:00.Z",
    ],
)
def test_anything_else_is_no_instant(text):
    assert moments.instant(text) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_law_an_instant_is_read_from_how_python_writes_it(instant):
    assert moments.instant(instant.isoformat()) == instant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("24h", timedelta(hours=24)),
        ("365d", timedelta(days=365)),
        ("0s", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_with_its_unit(text, expected):
    assert moments.duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "90", "1.5h", "-1h", "1w", "PT1H", "1h30m", "99999999999s", "40000d", "9999999999d"]
)
def test_anything_else_is_no_duration(text):
    assert moments.duration(text) is None


@given(st.text())
def test_law_no_text_makes_a_reader_raise(text):
    moments.day(text)
    moments.instant(text)
    moments.duration(text)
