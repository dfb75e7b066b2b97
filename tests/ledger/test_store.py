from sqlalchemy import event

from compliance.ledger import store
from compliance.ledger.keyring import KEY_KIND, LOG_KIND
from compliance.storage.database import Database
from tests.ledger.support import record, settings


def plans(database, ask):
    """How SQLite carries out each statement of what is asked."""
    found = []

    def explain(connection, cursor, statement, parameters, *_):
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        found.append(" ".join(row[3] for row in cursor.fetchall()))

    with database.read() as connection:
        event.listen(database.engine, "before_cursor_execute", explain)
        ask(connection)
        event.remove(database.engine, "before_cursor_execute", explain)
    return found


def test_what_is_no_decision_is_found_by_its_index_however_many_decisions_there_are(sqlite_ledger, tmp_path):
    for number in range(3):
        sqlite_ledger.append(record(number)).result(10)
    database = Database(settings(tmp_path).database_url)
    asked = [
        lambda connection: store.events(connection, 1, [LOG_KIND, KEY_KIND]),
        lambda connection: store.last_of(connection, 1, KEY_KIND),
    ]
    for ask in asked:
        (plan,) = plans(database, ask)
        assert "USING INDEX ix_ledger_entry_kind" in plan
    database.close()


def test_entries_other_than_decisions_are_those_of_the_epoch_and_kinds_in_order(ledger):
    ledger.keep_ruleset("sha256:" + "1" * 64, b"one")
    ledger.append(record(1)).result(10)
    ledger.keep_ruleset("sha256:" + "2" * 64, b"two")
    with ledger._opened.database.read() as connection:  # noqa: SLF001 - what the log itself reads
        found = [(each.index, each.kind) for each in store.events(connection, 1, ["ruleset", LOG_KIND])]
        assert found == [(0, "log"), (1, "ruleset"), (3, "ruleset")]
        assert [each.index for each in store.events(connection, 1, ["ruleset"])] == [1, 3]
        assert store.events(connection, 2, ["ruleset"]) == []
        assert store.events(connection, 1, ["decision"]) == []
        assert (store.last_of(connection, 1, "ruleset"), store.last_of(connection, 1, KEY_KIND)) == (3, None)
