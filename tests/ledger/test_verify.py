from __future__ import annotations

import random
from dataclasses import replace

import pytest
from sqlalchemy import text

from compliance.ledger.ledger import Ledger
from compliance.ledger.verify import verify
from compliance.storage.database import Database
from compliance.storage.tables import APPEND_ONLY
from tests.ledger.support import Clock, record, settings

SOURCE = b"the rules"


def filled(folder, url=None, count=600):
    """A ledger with full tiles, several kept checkpoints, a ruleset and an erased person."""
    clock = Clock()
    ledger = Ledger.open(settings(folder, url, clock=clock))
    for start in range(0, count, 50):
        clock.move(seconds=2)
        futures = [ledger.append(record(n, f"s{n % 5}")) for n in range(start, min(start + 50, count))]
        for future in futures:
            future.result(10)
    ledger.append(replace(record(0, None), kind="erasure", public={}), erases=ledger.pseudonym("s1")).result(10)
    ledger.keep_ruleset("sha256:of-the-ruleset", SOURCE)
    return ledger


def test_an_untouched_log_verifies(tmp_path, url):
    ledger = filled(tmp_path, url)
    seen = []
    report = ledger.verify(lambda done, total: seen.append((done, total)))
    assert report.problems == []
    assert (report.size, report.tiles, report.rulesets) == (603, 2, 1)
    assert report.checkpoints >= 3
    assert (report.erased, report.opened) == (120, 483)
    assert report.newest_checkpoint is not None
    assert report.newest_checkpoint.root == report.root
    assert seen[-1] == (603, 603)
    ledger.close()


def columns(connection, table):
    return [row.name for row in connection.execute(text(f"PRAGMA table_info({table})"))]


def flipped(value, generator):
    """The same value with one bit of one byte changed."""
    if isinstance(value, int):
        return value ^ (1 << generator.randrange(10, 20))
    raw = bytearray(value.encode() if isinstance(value, str) else value)
    position = generator.randrange(len(raw))
    raw[position] ^= 1 << generator.randrange(7)
    if isinstance(value, str):
        return raw.decode("ascii", errors="replace")
    return bytes(raw)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("original")
    filled(folder, count=280).close()
    return folder


@pytest.mark.parametrize("table", [*APPEND_ONLY, "ledger_head"])
def test_any_flipped_byte_is_found(original, tmp_path, table):
    generator = random.Random(table)
    path = tmp_path / "log.db"
    path.write_bytes((original / "log.db").read_bytes())
    keys = settings(original)
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
    with database.read() as connection:
        names = columns(connection, table)
        count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
        rowids = connection.execute(text(f"SELECT rowid FROM {table}")).scalars().all()  # noqa: S608
    assert count
    for name in names:
        for rowid in generator.sample(list(rowids), min(4, len(rowids))):
            chosen = {"rowid": rowid}
            with database.read() as connection:
                wanted = text(f"SELECT {name} FROM {table} WHERE rowid = :rowid")  # noqa: S608
                before = connection.execute(wanted, chosen).scalar()
            if before is None or (table, name) == ("ledger_head", "erasures"):
                continue
            after = flipped(before, generator)
            update = text(f"UPDATE {table} SET {name} = :value WHERE rowid = :rowid")  # noqa: S608
            with database.write() as connection:
                connection.execute(update, {"value": after, **chosen})
            assert found_in(database, keys), f"{table}.{name}: {before!r} became {after!r} unnoticed"
            with database.write() as connection:
                connection.execute(update, {"value": before, **chosen})
    database.close()


def found_in(database, keys):
    try:
        return bool(verify(database, 1, checkpoint=keys.checkpoint_path.read_text()).problems)
    except Exception:  # noqa: BLE001 - a row that cannot even be read is a finding too
        return True


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM ledger_entry WHERE leaf_index = 100", "entry 100 is missing"),
        ("DELETE FROM ledger_entry WHERE leaf_index = 282", "the head states"),
        ("DELETE FROM ledger_tile", "is missing or differs"),
        ("UPDATE ledger_entry SET leaf_index = 999 WHERE leaf_index = 282", "is missing"),
        ("DELETE FROM ledger_ruleset", "is missing"),
        ("UPDATE ledger_ruleset SET source = X'00'", "not the one that the log states"),
        ("UPDATE ledger_entry SET sealed = NULL WHERE leaf_index = 7", "ciphertext beside entry 7"),
    ],
)
def test_what_was_removed_or_moved_is_named(original, tmp_path, statement, problem):
    path = tmp_path / "log.db"
    path.write_bytes((original / "log.db").read_bytes())
    database = Database(f"sqlite:///{path}")
    with database.write() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement))
    report = verify(database, 1, checkpoint=settings(original).checkpoint_path.read_text())
    assert any(problem in found for found in report.problems), report.problems
    database.close()
