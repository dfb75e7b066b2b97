import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.gate.values import cited, instant, instant_json, spelled, stated
from compliance.vocabulary.authority import Authority, Standing
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Money, Record


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (True, True),
        (12, 12),
        ("BR", "BR"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.50"), "0.50"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31, 12, tzinfo=UTC), "2026-01-31T12:00:00Z"),
        (timedelta(seconds=90), "90s"),
        (timedelta(hours=36), "36h"),
        (timedelta(days=365), "365d"),
        (timedelta(0), "0s"),
        (Money(Decimal("1000.00"), "EUR"), {"amount": "1000.00", "currency": "EUR"}),
        (frozenset({"US", "BR"}), ["BR", "US"]),
        ((Record("Owner", {"share": Decimal(5), "kind": UNKNOWN, "note": None}),), [{"share": "5", "note": None}]),
    ],
)
def test_a_value_is_spelled_as_requests_give_it(value, json):
    assert spelled(value) == json


def test_an_unknown_value_has_no_spelling_but_a_state():
    with pytest.raises(ValueError, match="no spelling"):
        spelled(UNKNOWN)
    assert stated("subject.a", UNKNOWN) == {"fact": "subject.a", "state": "unknown"}
    assert stated("subject.a", None) == {"fact": "subject.a", "state": "absent", "value": None}
    assert stated("subject.a", False) == {"fact": "subject.a", "state": "known", "value": False}


def test_an_instant_is_in_utc():
    assert instant(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == "2025-12-31T23:00:00Z"


def test_a_source_says_how_well_it_is_founded():
    made = cited(Authority("Base prospectus", date(2026, 9, 21), Standing.RELAYED, "p. 2"))
    assert made == {
        "title": "Base prospectus",
        "article": "p. 2",
        "href": None,
        "reviewed_on": "2026-09-21",
        "standing": "relayed",
    }


ZONES = [UTC, timezone(timedelta(hours=5, minutes=30))]
ANY_TIME = st.builds(
    lambda seconds, zone: datetime.fromtimestamp(seconds / 1_000_000, zone),
    st.integers(-(2**51), 2**53),
    st.sampled_from(ZONES),
)


@given(ANY_TIME)
@example(datetime(2026, 1, 31, 12, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(2106, 2, 7, 6, 28, 15, 999_999, tzinfo=UTC))
@example(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
def test_an_instant_as_json_is_the_same_text(moment):
    assert json.loads(instant_json(moment)) == instant(moment)


def test_instants_of_one_second_share_no_fraction():
    moments = [datetime(2026, 1, 31, 12, microsecond=number, tzinfo=UTC) for number in (1, 500_000, 0, 10)]
    assert [instant_json(moment)[20:] for moment in moments] == [b'.000001Z"', b'.500000Z"', b'Z"', b'.000010Z"']
