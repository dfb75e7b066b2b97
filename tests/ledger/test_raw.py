from datetime import UTC, datetime

from sqlalchemy import event, select

from compliance.ledger import raw, store
from tests.ledger.support import record


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


def test_entries_other_than_decisions_are_listed_by_kind_and_in_order(ledger):
    for number in range(5):
        ledger.append(record(number)).result(10)
        ledger.keep_ruleset(f"sha256:{number}", b"rules")
    with ledger.reader._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        events = raw.Events(connection, 1)
        assert [index for index, _ in events.of("ruleset")] == [2, 4, 6, 8, 10]
        assert [index for index, _ in events.of("ruleset", "log")] == [0, 2, 4, 6, 8, 10]
        assert [entry for _, entry in events.of("log")] == [ledger.reader.entry(0).body]
        assert list(events.of("decision", "feed")) == []
        assert events.has(2, "ruleset")
        assert not events.has(2, "log")
        assert not events.has(3, "ruleset")
        assert not events.has(3, "decision")


def test_entries_other_than_decisions_are_found_without_reading_all_others(sqlite_ledger):
    with sqlite_ledger.reader._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        asked = []
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
        raw.Events(connection, 1)
        ((statement, values),) = asked
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "ix_ledger_entry_kind" in str(plan)
