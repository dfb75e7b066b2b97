"""A group whose rows somebody else was first with, on a real database that says so."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.errors import IdempotencyConflictError, LedgerUnavailableError
from compliance.ledger.ledger import Ledger
from tests.ledger.support import record, settings

KEY = IdempotencyKey("client", "order-1")
CLAIM = (
    "INSERT INTO ledger_idempotency (key, epoch, leaf_index, size, request, expires_at) VALUES (%s, 1, 1, 2, %s, %s)"
)


@pytest.fixture
def made(tmp_path, postgresql):
    """A log with one record, and its database; whatever comes within a moment is one group."""
    url = postgresql.new_database()
    ledger = Ledger.open(settings(tmp_path, url, group_delay=0.2))
    ledger.append(record(1)).result(10)
    yield ledger, url
    ledger.close()


def claimed(ledger, other, request):
    """Claim the key for the first record in a transaction that is not committed yet."""
    subjects = ledger._opened.subjects  # noqa: SLF001 - another node of this log would have the same keys
    key = subjects.blind("idempotency", f"{KEY.owner}\x00{KEY.key}".encode())
    row = (key, subjects.blind("request", request), datetime.now(UTC) + timedelta(hours=1))
    other.execute(CLAIM, row)


def somebody_waits(url):
    """Return once a statement waits for a row that another transaction has not committed."""
    waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute(waits).fetchone()[0]:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.mark.postgres
@pytest.mark.parametrize("same", [True, False])
def test_a_key_that_is_claimed_between_reading_and_writing_is_answered_as_it_was_and_the_rest_is_recorded(made, same):
    ledger, url = made
    with psycopg.connect(url) as other:
        claimed(ledger, other, record(1).request if same else b"another request")
        before, asked, after = [ledger.append(record(2)), ledger.append(record(1), KEY), ledger.append(record(3))]
        somebody_waits(url)  # the group has read that the key is free
        other.commit()
    assert {before.result(60).index, after.result(60).index} == {2, 3}
    if same:
        assert (asked.result(60).replayed, asked.result().index) == (True, 1)
        assert asked.result().response == record(1).response
    else:
        with pytest.raises(IdempotencyConflictError):
            asked.result(60)
    assert (ledger.figures.failures, ledger.reader.size()) == (0, 4)
    assert ledger.verify().problems == []


@pytest.mark.postgres
def test_a_claim_that_is_given_up_leaves_the_key_to_the_group(made):
    ledger, url = made
    with psycopg.connect(url) as other:
        claimed(ledger, other, b"another request")
        asked = ledger.append(record(2), KEY)
        somebody_waits(url)
        other.rollback()
    assert (asked.result(60).index, asked.result().replayed) == (2, False)
    assert ledger.verify().problems == []


@pytest.mark.postgres
def test_a_place_in_the_log_that_stays_taken_answers_nobody_and_records_nothing(made):
    """Somebody writes past the log's lock: a group is not tried for ever, and the next one is tried again."""
    ledger, url = made
    stray = "INSERT INTO ledger_entry VALUES (1, 2, 'decision', 'x', now(), ''::bytea, NULL)"
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(stray)
        with pytest.raises(LedgerUnavailableError):
            ledger.append(record(2)).result(60)
        assert ledger.figures.failures == 1
        other.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        other.execute("DELETE FROM ledger_entry WHERE leaf_index = 2")
        other.execute("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
    assert ledger.append(record(2)).result(60).index == 2
    assert ledger.verify().problems == []
