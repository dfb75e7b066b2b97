from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from compliance.ledger import feeds
from compliance.ledger.committer import Recorded
from compliance.ledger.errors import EntryTooLargeError, LedgerError, NotRecordedError, RefusedError
from compliance.ledger.forks import new_epoch
from compliance.ledger.ledger import Ledger
from tests.ledger.support import record, settings
from tests.ledger.test_writer import Gate

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=10)
HALTED = {"resource.halted": {"AAPLx": True, "*": False}}
CLEAR = {"resource.halted": {"*": False}}


def put(ledger, values=HALTED, name="halts", by="poller", as_of=NOW, until=SOON):
    return feeds.put(ledger, name, by, values, as_of, until)


def test_a_feed_states_what_was_put_last_and_nothing_else(ledger):
    put(ledger)
    done = put(ledger, CLEAR, as_of=NOW + timedelta(seconds=1))
    (feed,) = feeds.standing(ledger).values()
    assert (feed.name, feed.by, feed.values, feed.place) == ("halts", "poller", CLEAR, (1, done.index))
    assert (feed.as_of, feed.valid_until, feed.withdrawn) == (NOW + timedelta(seconds=1), SOON, False)
    assert ledger.verify().problems == []


def test_each_put_is_an_entry_that_anybody_can_read(ledger):
    put(ledger)
    (entry,) = ledger.reader.events(["feed"])
    assert entry.public == {
        "feed": "halts",
        "by": "poller",
        "as_of": "2026-11-30T12:00:00.000000Z",
        "valid_until": "2026-11-30T12:10:00.000000Z",
        "values": HALTED,
    }
    assert entry.document["subject"] is None


def test_it_survives_a_restart(tmp_path, url):
    made = settings(tmp_path, url)
    ledger = Ledger.open(made)
    put(ledger)
    before = feeds.standing(ledger)
    ledger.close()
    ledger = Ledger.open(made)
    assert feeds.standing(ledger) == before
    ledger.close()


def test_it_is_seen_by_every_node(tmp_path, url):
    one, two = (Ledger.open(settings(tmp_path, url)) for _ in range(2))
    put(one)
    assert feeds.standing(two) == feeds.standing(one)
    feeds.withdraw(two, "halts", "ann", "moved", SOON)
    assert feeds.standing(one)["halts"].withdrawn
    one.close()
    two.close()


def test_it_is_seen_after_a_fork(tmp_path):
    made = settings(tmp_path)
    ledger = Ledger.open(made)
    put(ledger)
    ledger.close()
    second = replace(made, origin="example.com/log-2")
    new_epoch(second, "a drill", ("ann", "bob"), force=True)
    ledger = Ledger.open(second)
    assert feeds.standing(ledger)["halts"].place[0] == 1
    put(ledger, CLEAR)
    assert feeds.standing(ledger)["halts"].values == CLEAR
    assert ledger.verify().problems == []
    ledger.close()


def test_what_was_withdrawn_states_nothing_until_it_is_put_again(ledger):
    put(ledger)
    feeds.withdraw(ledger, "halts", "ann", "no longer published", NOW)
    feed = feeds.standing(ledger)["halts"]
    assert (feed.withdrawn, feed.values) == (True, {})
    with pytest.raises(NotRecordedError):
        feeds.withdraw(ledger, "halts", "ann", "again", NOW)
    put(ledger, CLEAR)
    assert feeds.standing(ledger)["halts"].values == CLEAR


def test_there_is_nothing_to_withdraw_where_nothing_was_put(ledger):
    with pytest.raises(NotRecordedError, match="no feed `halts`"):
        feeds.withdraw(ledger, "halts", "ann", "why", NOW)


def test_what_was_seen_earlier_does_not_replace_what_was_seen_later(ledger):
    put(ledger)
    with pytest.raises(RefusedError, match="which is later"):
        put(ledger, CLEAR, as_of=NOW - timedelta(seconds=1))
    put(ledger, CLEAR)  # as of the same instant: whoever feeds has thought again
    feeds.withdraw(ledger, "halts", "ann", "wrong", NOW - timedelta(hours=1))
    with pytest.raises(RefusedError, match="which is later"):
        put(ledger, HALTED, as_of=NOW - timedelta(seconds=1))


def test_two_feeds_do_not_state_the_same_of_one_resource(ledger):
    put(ledger)
    with pytest.raises(RefusedError, match=r"the feed `halts` states `resource.halted` of `AAPLx` already"):
        put(ledger, {"resource.halted": {"AAPLx": False}}, "other")
    put(ledger, {"resource.halted": {"TSLAx": True}, "resource.paused": {"AAPLx": True}}, "other")
    feeds.withdraw(ledger, "halts", "ann", "the other one takes over", NOW)
    put(ledger, HALTED, "third")


def test_more_than_an_entry_holds_is_refused_and_nothing_changes(ledger):
    put(ledger)
    with pytest.raises(EntryTooLargeError):
        put(ledger, {"resource.halted": {f"instrument-{number:05}": True for number in range(5000)}})
    assert feeds.standing(ledger)["halts"].values == HALTED
    assert ledger.append(record(1)).result(10)


def test_what_was_not_made_durable_is_stated_by_nobody(sqlite_ledger):
    put(sqlite_ledger)
    gate = Gate(sqlite_ledger)
    gate.fails = True
    gate.opened.set()
    with pytest.raises(LedgerError):
        put(sqlite_ledger, CLEAR)
    gate.end()
    assert feeds.standing(sqlite_ledger)["halts"].values == HALTED
    assert sqlite_ledger.verify().problems == []


def at_once(*works):
    """Begin all at one instant, each in a thread of its own; returns what each of them answered or raised."""
    ready = Barrier(len(works))

    def one(work):
        ready.wait()
        try:
            return work()
        except LedgerError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def test_of_two_nodes_that_are_asked_at_once_one_feed_states_a_fact(tmp_path, url):
    one, two = (Ledger.open(settings(tmp_path, url)) for _ in range(2))
    for number in range(10):
        values = {"resource.halted": {f"instrument-{number}": True}}
        done = at_once(
            lambda of=values, name=f"a{number}": put(one, of, name),
            lambda of=values, name=f"b{number}": put(two, of, name),
        )
        assert sorted(type(each).__name__ for each in done) == ["Recorded", "RefusedError"]
        (stated,) = (feed for feed in feeds.standing(one).values() if feed.values == values)
        assert stated.name[1:] == str(number)
    assert one.verify().problems == []
    one.close()
    two.close()


def test_of_two_nodes_that_are_asked_at_once_what_was_seen_later_stands(tmp_path, url):
    one, two = (Ledger.open(settings(tmp_path, url)) for _ in range(2))
    for number in range(10):
        earlier, later = (NOW + timedelta(seconds=2 * number + each) for each in range(2))
        older, newer = at_once(
            lambda at=earlier: put(one, CLEAR, as_of=at), lambda at=later: put(two, HALTED, as_of=at)
        )
        assert isinstance(newer, Recorded)
        assert isinstance(older, Recorded | RefusedError)
        assert feeds.standing(one)["halts"].as_of == later
    one.close()
    two.close()


def test_a_feed_is_withdrawn_once_however_many_ask_at_once(ledger):
    put(ledger)
    done = at_once(*[lambda: feeds.withdraw(ledger, "halts", "ann", "no longer published", NOW)] * 4)
    assert sorted(type(each).__name__ for each in done) == ["NotRecordedError"] * 3 + ["Recorded"]


def test_many_feeds_that_are_put_at_once_are_all_stated(ledger):
    names = [f"feed-{number}" for number in range(8)]
    done = at_once(*[lambda of=name: put(ledger, {"resource.halted": {of: True}}, of) for name in names])
    assert all(isinstance(each, Recorded) for each in done)
    assert sorted(feeds.standing(ledger)) == names
