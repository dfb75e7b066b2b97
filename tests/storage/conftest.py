"""Databases to test on: a SQLite file, and a PostgreSQL server of our own where its binaries are installed."""

from __future__ import annotations

import pytest

from compliance.storage.database import Database
from tests.storage.postgresql import Server, binaries


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    """A running server; one per test process, stopped by its own process id."""
    if binaries() is None:
        print("no PostgreSQL server binaries: tests on PostgreSQL are skipped")
        pytest.skip("no PostgreSQL server binaries are installed")
    server = Server.started()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    """The URL of an empty database, on each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/log.db"
    return request.getfixturevalue("postgresql").new_database()


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.close()
