"""A value is shown as a person writes it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from compliance.engine.shown import listed, shown
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Money, Record


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "yes"),
        (None, "none"),
        (1098, "1,098"),
        (Decimal("0.50"), "0.50"),
        (Money(Decimal("1000.00"), "EUR"), "EUR 1,000"),
        (Money(Decimal("0.55"), "EUR"), "EUR 0.55"),
        (timedelta(hours=24), "24 hours"),
        (timedelta(days=365), "365 days"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(seconds=30), "30 seconds"),
        (date(2026, 11, 29), "29 November 2026"),
        (datetime(2026, 11, 29, tzinfo=UTC), "29 November 2026"),
        (datetime(2021, 10, 14, 19, 55, tzinfo=UTC), "14 October 2021, 19:55 UTC"),
        (frozenset({"NO", "MX"}), "MX or NO"),
        (Record("Owner", {"share": Decimal(12), "name": UNKNOWN}), "share 12"),
        ("retail", "retail"),
    ],
)
def test_a_value_is_shown_as_a_person_writes_it(value, said):
    assert shown(value) == said


def test_alternatives_are_listed_with_or_before_the_last():
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b or c"
