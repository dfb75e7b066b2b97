import pytest

from compliance.ledger.feed_rows import Move, passing, point, pointed
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


def test_the_first_that_was_checked_against_what_stands_may_move(database):
    with database.write() as connection:
        point(connection, 1, {"halts": 5})
        now, before = {"halts": (1, 5)}, {"halts": (1, 4)}
        assert passing(connection, [Move("a", before), Move("b", now), Move("c", now)]) == 1
        assert passing(connection, [Move("a", before), Move("b", {})]) is None
