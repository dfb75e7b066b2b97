from __future__ import annotations

import pytest

from compliance.ledger.archive import open_archive
from compliance.ledger.report import Report
from compliance.ledger.verify_types import check_types
from tests.ledger.edited import copied, edit, places, verified, whole


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return whole(tmp_path_factory.mktemp("original"))


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE ledger_entry SET entry = CAST(entry AS TEXT) WHERE leaf_index = 7", "entry 7"),
        ("UPDATE ledger_entry SET entry = CAST(entry AS TEXT) WHERE leaf_index = 0", "entry 0"),
        ("UPDATE ledger_entry SET sealed = CAST(sealed AS TEXT) WHERE leaf_index = 7", "entry 7"),
        ("UPDATE ledger_entry SET kind = CAST(kind AS BLOB) WHERE leaf_index = 7", "entry 7"),
        ("UPDATE ledger_entry SET decision_id = CAST(decision_id AS BLOB) WHERE leaf_index = 7", "entry 7"),
        ("UPDATE ledger_entry SET recorded_at = CAST(recorded_at AS BLOB) WHERE leaf_index = 7", "entry 7"),
        ("UPDATE ledger_entry SET leaf_index = 'x' WHERE leaf_index = 7", "ledger_entry"),
        ("UPDATE ledger_entry SET leaf_index = 7.5 WHERE leaf_index = 7", "ledger_entry"),
        ("UPDATE ledger_term SET term = CAST(term AS BLOB) WHERE leaf_index = 7", "search index, entry 7"),
        ("UPDATE ledger_term SET leaf_index = 'x' WHERE leaf_index = 7", "search index, entry 7"),
        ("UPDATE ledger_term SET leaf_index = 7.5 WHERE leaf_index = 7", "search index, entry 7"),
        ("UPDATE ledger_tile SET hashes = CAST(hashes AS TEXT)", "ledger_tile"),
        ("UPDATE ledger_tile SET root = CAST(root AS TEXT)", "ledger_tile"),
        ("UPDATE ledger_checkpoint SET note = CAST(note AS BLOB)", "ledger_checkpoint"),
        ("UPDATE ledger_checkpoint SET made_at = 7", "ledger_checkpoint"),
        ("UPDATE ledger_checkpoint SET witnessed = 'x' WHERE witnessed", "ledger_checkpoint"),
        ("UPDATE ledger_head SET root = CAST(root AS TEXT)", "ledger_head"),
        ("UPDATE ledger_head SET size = 'x'", "ledger_head"),
        ("UPDATE ledger_ruleset SET source = CAST(source AS TEXT)", "ledger_ruleset"),
        ("UPDATE ledger_dictionary SET content = CAST(content AS TEXT)", "ledger_dictionary"),
        ("UPDATE ledger_indexed SET size = 'x'", "ledger_indexed"),
        ("UPDATE ledger_log SET origin = CAST(origin AS BLOB)", "ledger_log"),
        ("UPDATE ledger_idempotency SET key = CAST(key AS TEXT)", "ledger_idempotency"),
        ("UPDATE ledger_feed SET name = CAST(name AS BLOB)", "ledger_feed"),
    ],
)
def test_a_value_of_another_type_is_named_and_no_failure(original, tmp_path, statement, place):
    made = copied(original, tmp_path)
    with edit(tmp_path / "log.db") as connection:
        assert connection.execute(statement).rowcount
    assert place in places(verified(made))


def test_every_column_of_an_untouched_log_is_of_its_type(tmp_path, url):
    archive = open_archive(whole(tmp_path, url))
    report = Report()
    with archive.database.read() as connection:
        assert check_types(connection, report)
    archive.close()
    assert report.problems == []


def test_a_copy_without_a_later_table_is_looked_at_all_the_same(original, tmp_path):
    made = copied(original, tmp_path)
    with edit(tmp_path / "log.db") as connection:
        connection.execute("DROP TABLE ledger_feed")
        connection.execute("UPDATE ledger_head SET size = 'x'")
    assert places(verified(made)) == ["ledger_head"]
