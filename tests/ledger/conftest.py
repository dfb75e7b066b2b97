"""Fixtures of the ledger's tests."""

from __future__ import annotations

import pytest

from compliance.ledger.ledger import Ledger
from tests.ledger.support import settings
from tests.storage.conftest import postgresql, url

__all__ = ["ledger", "postgresql", "sqlite_ledger", "url"]


@pytest.fixture
def ledger(tmp_path, url):
    """An open ledger, on each kind of database in turn."""
    opened = Ledger.open(settings(tmp_path, url))
    yield opened
    opened.close()


@pytest.fixture
def sqlite_ledger(tmp_path):
    """An open ledger on SQLite."""
    opened = Ledger.open(settings(tmp_path))
    yield opened
    opened.close()
