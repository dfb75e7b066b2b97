"""Fixtures of the ledger's tests, and the mark for those that take minutes."""

from __future__ import annotations

import pytest

from compliance.ledger.ledger import Ledger
from tests.ledger.support import settings
from tests.storage.conftest import postgresql, url

__all__ = ["ledger", "postgresql", "sqlite_ledger", "url"]


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: takes minutes; runs only when asked for with `-m soak`")


def pytest_collection_modifyitems(config, items):
    if "soak" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with `-m soak`"))


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
