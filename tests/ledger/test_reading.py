from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from compliance.ledger import merkle, tiles
from compliance.ledger.checkpoint import verified
from compliance.ledger.errors import NotRecordedError, TamperedError
from compliance.ledger.ledger import Ledger
from compliance.ledger.note import NoteError
from compliance.ledger.tiles import TileError
from compliance.storage.database import Database
from tests.ledger.support import Clock, record, settings


def append(ledger, records):
    for future in [ledger.append(one) for one in records]:
        future.result(10)


def ids(page):
    return [entry.public["id"] for entry in page.entries]


@pytest.fixture
def filled(ledger):
    append(
        ledger,
        [
            record(
                number,
                f"s{number % 3}",
                outcome="deny" if number % 2 else "allow",
                grounds=[{"rule": f"rule-{number % 5}"}],
                territories=["CH"] if number % 7 == 0 else ["DE"],
            )
            for number in range(40)
        ],
    )
    return ledger


def test_decisions_are_found_by_everything_their_public_part_says(filled):
    assert ids(filled.reader.search(["outcome:deny", "rule:rule-1"])) == ["d31", "d21", "d11", "d1"]
    assert ids(filled.reader.search(["territory:CH", "outcome:allow"])) == ["d28", "d14", "d0"]
    assert ids(filled.reader.search([f"subject:{filled.pseudonym('s2')}", "rule:rule-0"])) == ["d35", "d20", "d5"]
    assert ids(filled.reader.search(["outcome:refer"])) == []
    assert len(filled.reader.search(limit=1000).entries) == 40


def test_a_cursor_goes_through_all_pages_while_the_log_grows(filled):
    found, cursor = [], None
    while True:
        page = filled.reader.search(["outcome:allow"], cursor=cursor, limit=7)
        found += ids(page)
        append(filled, [record(100 + len(found))])
        cursor = page.cursor
        if cursor is None:
            break
    assert found == [f"d{number}" for number in range(38, -1, -2)]


def test_a_cursor_that_is_none_is_refused(filled):
    with pytest.raises(NoteError, match="cursor"):
        filled.reader.search(cursor="x")


def test_decisions_are_found_by_time(tmp_path, url):
    clock = Clock()
    ledger = Ledger.open(settings(tmp_path, url, clock=clock))
    start = clock.now
    for number in range(10):
        clock.move(minutes=1)
        append(ledger, [record(number)])
    since, until = start + timedelta(minutes=3), start + timedelta(minutes=6)
    assert ids(ledger.reader.search(since=since, until=until)) == ["d4", "d3", "d2"]
    assert ids(ledger.reader.search(since=start + timedelta(hours=1))) == []
    ledger.close()


def test_a_tail_goes_on_where_it_stopped(filled):
    seen = [entry.index for entry in filled.reader.entries(0, 25)]
    seen += [entry.index for entry in filled.reader.entries(25)]
    assert seen == list(range(41))


def test_what_is_not_recorded_is_not_found(filled):
    for ask in (
        lambda: filled.reader.decision("nothing"),
        lambda: filled.reader.entry(41),
        lambda: filled.reader.consistency(1, 42),
        lambda: filled.reader.tile("tile/0/000.p/42"),
        lambda: filled.reader.receipt(41, filled.checkpoint),
    ):
        with pytest.raises(NotRecordedError):
            ask()


def test_an_outsider_rebuilds_the_tree_from_tiles_and_entries(ledger):
    append(ledger, [record(number) for number in range(600)])
    stated = verified(ledger.checkpoint, ledger.verifier).checkpoint
    hashes, entries = [], []
    for tile in tiles.tiles_of(stated.size):
        if tile.level == 0:
            hashes += tiles.hashes_of(ledger.reader.tile(tile.path()))
            entries += tiles.entries_of(ledger.reader.tile(tile.path().replace("tile/0", "tile/entries")))
    assert [merkle.leaf_hash(entry) for entry in entries] == hashes
    assert merkle.root(stated.size, merkle.reader_of(hashes)) == stated.root
    assert tiles.hashes_of(ledger.reader.tile("tile/1/000.p/2")) == [
        tiles.tile_root(hashes[:256]),
        tiles.tile_root(hashes[256:512]),
    ]


def test_partial_tiles_of_earlier_checkpoints_stay_available(ledger):
    append(ledger, [record(number) for number in range(300)])
    full = tiles.hashes_of(ledger.reader.tile("tile/0/000"))
    assert tiles.hashes_of(ledger.reader.tile("tile/0/000.p/17")) == full[:17]


def test_a_malformed_tile_path_is_refused(ledger):
    with pytest.raises(TileError):
        ledger.reader.tile("tile/0/../../etc")


def test_an_edited_personal_part_is_noticed_when_it_is_read(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    append(ledger, [record(1), record(2)])
    database = Database(settings(tmp_path).database_url)
    with database.write() as connection:
        connection.execute(text("DROP TRIGGER ledger_entry_refuses_update"))
        connection.execute(
            text("UPDATE ledger_entry SET sealed = (SELECT sealed FROM ledger_entry WHERE leaf_index = 1)")
        )
    with pytest.raises(TamperedError):
        ledger.reader.personal(ledger.reader.decision("d2"))
    database.close()
    ledger.close()
