from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from compliance.storage.migration import migrate
from compliance.storage.tables import APPEND_ONLY

ROWS = {
    "ledger_log": "(epoch, origin, opened_at) VALUES (1, 'o', '2026-01-01 00:00:00')",
    "ledger_entry": "(epoch, leaf_index, kind, recorded_at, entry) VALUES (1, 0, 'log', '2026-01-01 00:00:00', '00')",
    "ledger_tile": "(epoch, level, tile_index, hashes, root) VALUES (1, 0, 0, '00', '00')",
    "ledger_checkpoint": "(epoch, size, witnessed, note, made_at) VALUES (1, 0, false, 'n', '2026-01-01 00:00:00')",
    "ledger_ruleset": "(digest, source) VALUES ('d', '00')",
    "ledger_dictionary": "(name, ruleset, content) VALUES ('00', 'r', '00')",
}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_was_recorded_can_be_neither_changed_nor_removed(database, table):
    migrate(database)
    with database.write() as connection:
        connection.execute(text(f"INSERT INTO {table} {ROWS[table]}"))
    column = ROWS[table][1:].split(",")[0]
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]  # noqa: S608
    if database.is_postgresql:
        statements.append(f"TRUNCATE {table}")
    else:
        statements.append(f"INSERT OR REPLACE INTO {table} {ROWS[table]}")
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
            connection.execute(text(statement))
    with database.read() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1  # noqa: S608
