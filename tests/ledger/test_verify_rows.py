from sqlalchemy import text

from compliance.ledger import raw
from compliance.ledger.report import LogReport, Report
from compliance.ledger.tiles import tile_root
from compliance.ledger.verify_rows import UpperTiles, check_rulesets, check_strays, erasures_of, size_of
from tests.ledger.edited import places
from tests.ledger.support import record


def test_an_index_far_away_does_not_make_the_log_long(sqlite_ledger):
    for number in range(3):
        sqlite_ledger.append(record(number)).result(10)
    database = sqlite_ledger.reader._database  # noqa: SLF001 - the database of the fixture
    with database.write() as connection:
        assert size_of(connection, 1, 4) == 4
        connection.execute(text("DROP TRIGGER ledger_entry_refuses_update"))
        connection.execute(text("UPDATE ledger_entry SET leaf_index = 4000000000 WHERE leaf_index = 2"))
        assert size_of(connection, 1, 4) == 4
        assert size_of(connection, 1, 2**60) == 4


def test_a_tile_of_a_higher_level_is_wanted_when_it_is_full(sqlite_ledger):
    report = Report([LogReport(1, "example.com/log")])
    roots = [bytes([number]) * 32 for number in range(256)]
    with sqlite_ledger.reader._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        upper = UpperTiles(connection, 1, report)
        upper.add(roots)
    assert upper.counts == [256, 1]
    assert places(report) == ["tile 0 of level 1"]
    assert len(tile_root(roots)) == 32


def test_every_ruleset_that_decisions_were_taken_under_must_be_stored_with_its_digest(sqlite_ledger):
    sqlite_ledger.keep_ruleset("sha256:one", b"rules")
    report = Report([LogReport(1, "example.com/log")])
    with sqlite_ledger.reader._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        check_rulesets(
            connection, {1: raw.Events(connection, 1)}, {"sha256:one", "sha256:two"}, lambda _: "sha256:other", report
        )
    assert places(report) == ["ruleset sha256:one", "ruleset sha256:two"]


def test_who_was_erased_is_known_by_the_last_entry_that_says_so(sqlite_ledger):
    with sqlite_ledger.reader._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        assert erasures_of({1: raw.Events(connection, 1)}) == {}


def test_a_decision_that_is_recorded_twice_is_named_once(ledger):
    for number in (1, 2, 2, 2, 3):
        ledger.append(record(number)).result(10)
    report = Report()
    with ledger.reader._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        check_strays(connection, [LogReport(1, "example.com/log", size=6)], report)
    assert [str(problem) for problem in report.problems] == [
        f"decision {record(2).decision_id}: it is recorded more than once"
    ]
