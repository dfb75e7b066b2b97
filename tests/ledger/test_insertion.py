"""Rows come out of the database as they were put in, however many at a time, on each kind of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from compliance.ledger import store
from compliance.ledger.insertion import insert_rows, spelt
from compliance.storage.database import Database
from compliance.storage.migration import migrate

AT = datetime(2026, 11, 30, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def database(url):
    made = Database(url)
    migrate(made)
    yield made
    made.close()


def claims(connection, start, end):
    time = spelt(connection, store.IDEMPOTENCY.c.expires_at, AT)
    return [
        (bytes([number >> 8, number & 255]) * 16, 1, number, 2**40, b"\x00\xff", time) for number in range(start, end)
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 63, 64, 65, 200])
def test_what_was_inserted_is_there_every_column_of_it(database, count):
    with database.write() as connection:
        insert_rows(connection, store.IDEMPOTENCY, claims(connection, 0, count))
    with database.read() as connection:
        keys = [row[0] for row in claims(connection, 0, count)]
        found = store.read_claims(connection, keys, datetime(2026, 1, 1, tzinfo=UTC))
        times = {row.expires_at for row in connection.execute(store.IDEMPOTENCY.select())}
    assert [found[key] for key in keys] == [store.Claim(number, 1, 2**40, b"\x00\xff") for number in range(count)]
    assert times == {AT}


def test_an_entry_without_a_name_or_with_any_bytes_is_kept_as_it_is(database):
    with database.write() as connection:
        store.add_entries(connection, 1, AT, [(0, "log", None, b"\x00\n\\", b""), (1, "decision", "d\t1", b"e", b"s")])
    with database.read() as connection:
        first, second = store.entries(connection, 1, 0, 2)
    assert (first.kind, first.decision_id, first.entry, first.sealed) == ("log", None, b"\x00\n\\", b"")
    assert (second.kind, second.decision_id, second.recorded_at) == ("decision", "d\t1", AT)


def test_a_row_that_is_there_already_is_a_conflict_and_nothing_of_the_others_stays(database):
    with database.write() as connection:
        insert_rows(connection, store.IDEMPOTENCY, claims(connection, 5, 6))

    def again():
        with database.write() as connection:
            insert_rows(connection, store.IDEMPOTENCY, claims(connection, 0, 10))

    with pytest.raises(database.conflicts):
        again()
    with database.read() as connection:
        assert len(connection.execute(store.IDEMPOTENCY.select()).all()) == 1
