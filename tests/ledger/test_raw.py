from datetime import UTC, datetime

from sqlalchemy import select

from compliance.ledger import raw, store


def test_a_stored_instant_is_spelt_as_in_entries(ledger):
    entry = ledger.reader.entry(0)
    columns = store.ENTRY.c
    with ledger.reader._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        found = connection.execute(select(raw.instant(connection, columns.recorded_at))).scalar()
    assert raw.stamp(found) == entry.document["recorded_at"]


def test_what_is_no_instant_is_spelt_as_none_ever_is():
    assert raw.stamp("2026-11-25 12:00:00.000000") == raw.stamp(datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert raw.stamp("2026-11-25_12:00:00.000000") == "(2026-11-25_12:00:00.000000)"
    assert raw.stamp(None) == "(None)"
