"""Lay down where the dictionaries are kept that personal parts are packed with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from compliance.storage.triggers import append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_dictionary",
        sa.Column("name", sa.LargeBinary(8), primary_key=True),
        sa.Column("ruleset", sa.String(80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )
    for statement in append_only("ledger_dictionary", op.get_bind().dialect.name):
        op.execute(statement)
