import pytest

from compliance.ledger.feed_rows import point, pointed
from compliance.storage.database import Database
from compliance.storage.migration import migrate


@pytest.fixture
def database(url):
    opened = Database(url)
    migrate(opened)
    yield opened
    opened.close()


def test_a_feed_points_to_the_entry_that_was_noted_last(database):
    with database.write() as connection:
        point(connection, 1, {"halts": 5, "backing": 5})
    with database.write() as connection:
        point(connection, 2, {"halts": 0})
    with database.read() as connection:
        assert pointed(connection) == {"halts": (2, 0), "backing": (1, 5)}
