import pytest
from sqlalchemy import text

from compliance.ledger import search_index
from compliance.ledger.ledger import Ledger
from compliance.storage.database import Database
from tests.ledger.support import record, settings


@pytest.fixture
def filled(ledger):
    for future in [ledger.append(record(number, outcome="deny" if number % 2 else "allow")) for number in range(40)]:
        future.result(10)
    return ledger


def ids(page):
    return [entry.public["id"] for entry in page.entries]


DENIED = [f"d{number}" for number in range(39, 0, -2)]


def database_of(ledger):
    return ledger.reader._database  # noqa: SLF001 - the database of the fixture


def test_an_index_that_was_edited_is_right_once_it_is_made_anew(filled):
    assert ids(filled.reader.search(["outcome:deny"])) == DENIED
    database = database_of(filled)
    with database.write() as connection:
        connection.execute(text("DELETE FROM ledger_term WHERE term = 'outcome:deny' AND leaf_index < 20"))
        connection.execute(text("INSERT INTO ledger_term VALUES ('outcome:deny', 1, 999)"))
    assert len(ids(filled.reader.search(["outcome:deny"]))) < len(DENIED)
    search_index.throw_away(database)
    assert search_index.bring_up(database, 1) == 41
    assert ids(filled.reader.search(["outcome:deny"])) == DENIED


def test_an_index_that_reaches_beyond_the_log_is_right_once_it_is_made_anew(filled):
    database = database_of(filled)
    filled.reader.index()
    with database.write() as connection:
        connection.execute(text("UPDATE ledger_indexed SET size = 1000"))
    filled.append(record(40, outcome="deny")).result(10)
    assert ids(filled.reader.search(["outcome:deny"])) == DENIED
    search_index.throw_away(database)
    assert ids(filled.reader.search(["outcome:deny"])) == ["d40", *DENIED]


def test_it_is_brought_up_in_batches_and_tells_how_far_it_is(filled, monkeypatch):
    monkeypatch.setattr(search_index, "_BATCH", 16)
    told = []
    assert search_index.bring_up(database_of(filled), 1, lambda done, of: told.append((done, of))) == 41
    assert told == [(0, 41), (16, 41), (32, 41), (41, 41)]


def test_what_is_recorded_meanwhile_is_found_too(filled, monkeypatch):
    monkeypatch.setattr(search_index, "_BATCH", 16)

    def appended(done, _):
        if done in {16, 32}:
            filled.append(record(100 + done, outcome="deny")).result(10)

    assert search_index.bring_up(database_of(filled), 1, appended) == 43
    assert ids(filled.reader.search(["outcome:deny"])) == ["d132", "d116", *DENIED]


def test_two_who_bring_it_up_at_once_make_each_row_once(filled, monkeypatch):
    monkeypatch.setattr(search_index, "_BATCH", 16)
    database = database_of(filled)
    other = Database(database.url.render_as_string(hide_password=False))

    def both(done, _):
        if done == 16:
            assert search_index.bring_up(other, 1) == 41

    assert search_index.bring_up(database, 1, both) == 41
    assert ids(filled.reader.search(["outcome:deny"])) == DENIED
    other.close()


def test_who_loses_a_race_for_some_entries_goes_on_to_the_last(filled, monkeypatch):
    monkeypatch.setattr(search_index, "_BATCH", 16)
    database, read = database_of(filled), search_index.index_terms
    raced = []

    def overtaken(document):
        if not raced:
            raced.append(True)
            assert search_index._batch(database, 1)  # noqa: SLF001 - one step of somebody else
        return read(document)

    monkeypatch.setattr(search_index, "index_terms", overtaken)
    assert ids(filled.reader.search(["outcome:deny"])) == DENIED
    assert search_index.bring_up(database, 1) == 41


def test_an_index_that_is_thrown_away_meanwhile_is_made_again(filled, monkeypatch):
    monkeypatch.setattr(search_index, "_BATCH", 16)
    database = database_of(filled)
    thrown = []

    def throw(done, _):
        if done == 32 and not thrown:
            thrown.append(True)
            search_index.throw_away(database)

    assert search_index.bring_up(database, 1, throw) == 41
    assert ids(filled.reader.search(["outcome:deny"])) == DENIED


def test_the_indexes_of_all_logs_of_a_database_are_thrown_away(tmp_path, url):
    ledger = Ledger.open(settings(tmp_path, url))
    ledger.append(record(1)).result(10)
    ledger.reader.index()
    database = database_of(ledger)
    with database.write() as connection:
        connection.execute(text("INSERT INTO ledger_term VALUES ('outcome:deny', 7, 1)"))
        connection.execute(text("INSERT INTO ledger_indexed VALUES (7, 2)"))
    search_index.throw_away(database)
    with database.read() as connection:
        left = connection.execute(text("SELECT count(*) FROM ledger_term")).scalar()
        reach = connection.execute(text("SELECT count(*) FROM ledger_indexed")).scalar()
    assert (left, reach) == (0, 0)
    ledger.close()
