"""Lay down the tables of the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from compliance.storage.triggers import append_only
from compliance.storage.types import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _key(name: str, kind: type[sa.Integer] = sa.Integer) -> sa.Column[int]:
    return sa.Column(name, kind(), primary_key=True, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "ledger_log",
        _key("epoch"),
        sa.Column("origin", sa.String(255), nullable=False, unique=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "ledger_entry",
        _key("epoch"),
        _key("leaf_index", sa.BigInteger),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("decision_id", sa.String(64), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
    )
    op.create_index("ix_ledger_entry_decision_id", "ledger_entry", ["decision_id"])
    rare = sa.text("kind <> 'decision'")
    op.create_index("ix_ledger_entry_kind", "ledger_entry", ["kind"], sqlite_where=rare, postgresql_where=rare)
    op.create_table(
        "ledger_tile",
        _key("epoch"),
        _key("level"),
        _key("tile_index", sa.BigInteger),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "ledger_checkpoint",
        _key("epoch"),
        _key("size", sa.BigInteger),
        sa.Column("witnessed", sa.Boolean(), primary_key=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "ledger_head",
        _key("epoch"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("erasures", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "ledger_idempotency",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_ledger_idempotency_expires_at", "ledger_idempotency", ["expires_at"])
    op.create_table(
        "ledger_ruleset",
        sa.Column("digest", sa.String(80), primary_key=True),
        sa.Column("source", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "ledger_term",
        sa.Column("term", sa.String(255), primary_key=True),
        _key("epoch"),
        _key("leaf_index", sa.BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_table("ledger_indexed", _key("epoch"), sa.Column("size", sa.BigInteger(), nullable=False))
    dialect = op.get_bind().dialect.name
    for table in ("ledger_log", "ledger_entry", "ledger_tile", "ledger_checkpoint", "ledger_ruleset"):
        for statement in append_only(table, dialect):
            op.execute(statement)
