"""Spans of time: the start belongs to them, the end does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.period import ALWAYS, Period

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
INSTANTS = st.integers(0, 12).map(lambda hours: START + timedelta(hours=hours))
PERIODS = st.one_of(
    st.builds(Period, st.none() | INSTANTS, st.none()),
    st.builds(Period, st.none(), INSTANTS),
    st.builds(lambda start, hours: Period(start, start + timedelta(hours=hours)), INSTANTS, st.integers(1, 5)),
)
ALL_INSTANTS = [
    START + timedelta(hours=hours) + tick for hours in range(-1, 20) for tick in (-TICK, timedelta(0), TICK)
]


@pytest.mark.parametrize(
    ("instant", "inside"), [(START - TICK, False), (START, True), (END - TICK, True), (END, False)]
)
def test_the_start_belongs_to_a_period_and_the_end_does_not(instant: datetime, inside: bool) -> None:
    assert (instant in Period(START, END)) is inside


def test_an_open_side_has_no_end() -> None:
    assert START in Period(None, END)
    assert END in Period(START)
    assert all(instant in ALWAYS for instant in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)))


def test_the_zone_an_instant_is_written_in_does_not_matter() -> None:
    assert START.astimezone(timezone(timedelta(hours=-5))) in Period(START, END)


@given(one=PERIODS, other=PERIODS)
def test_two_periods_overlap_exactly_if_some_instant_lies_in_both(one: Period, other: Period) -> None:
    assert one.overlaps(other) is any(instant in one and instant in other for instant in ALL_INSTANTS)
    assert one.overlaps(other) is other.overlaps(one)


@given(PERIODS)
def test_a_period_overlaps_itself_and_always(period: Period) -> None:
    assert period.overlaps(period)
    assert period.overlaps(ALWAYS)


def test_periods_that_only_touch_do_not_overlap() -> None:
    assert not Period(None, START).overlaps(Period(START, END))
