import pytest
from sqlalchemy import text

from compliance.ledger import raw
from compliance.ledger.report import LogReport, Report
from compliance.ledger.verify_dictionaries import check_dictionaries
from tests.ledger.edited import places
from tests.ledger.support import samples


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        ([], None),
        (["DELETE FROM ledger_dictionary"], "it is missing: what was packed with it cannot be read"),
        (["DROP TABLE ledger_dictionary"], "it is missing: what was packed with it cannot be read"),
        (["UPDATE ledger_dictionary SET ruleset = 'other'"], "it is not the one that the log states"),
        (["UPDATE ledger_dictionary SET content = x'00'"], "it is not the one that the log states"),
        (["UPDATE ledger_dictionary SET name = x'0011223344556677'"], "no entry commits to it"),
    ],
)
def test_a_dictionary_that_is_not_as_the_log_states_it_is_named(sqlite_ledger, statements, problem):
    sqlite_ledger.pack_by("sha256:r", samples)
    report = Report([LogReport(1, "example.com/log")])
    with sqlite_ledger.reader._database.write() as connection:  # noqa: SLF001 - the database of the fixture
        for event in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER ledger_dictionary_refuses_{event}"))
        for statement in statements:
            connection.execute(text(statement))
        check_dictionaries(connection, {1: raw.Events(connection, 1)}, report)
    found = [each.text for each in report.problems]
    assert found[:1] == ([] if problem is None else [problem])
    assert all(place.startswith("dictionary ") for place in places(report))
