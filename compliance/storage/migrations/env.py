"""Runs migrations on the connection that `compliance.storage.migration` hands over."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    compare_type=True,
)
context.run_migrations()
