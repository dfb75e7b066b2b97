"""Table names -> the triggers that refuse to change or remove what was recorded.

They stop accidents and careless administrators. Whoever can drop a trigger can still edit a row; that is what the
signed Merkle tree is for.
"""

from __future__ import annotations

from collections.abc import Iterator

_FUNCTION = """
CREATE OR REPLACE FUNCTION compliance_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$
"""


def append_only(table: str, dialect: str) -> Iterator[str]:
    """Yield the statements that make `table` append-only, for `sqlite` or `postgresql`."""
    if dialect == "postgresql":
        yield _FUNCTION
        for event, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            yield (
                f"CREATE TRIGGER {table}_refuses_{event.split()[0].lower()} BEFORE {event} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION compliance_refuse_change()"
            )
        return
    for event in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_refuses_{event.lower()} BEFORE {event} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: {event} on {table} is refused'); END"
        )
