import pytest

from compliance.ledger.archive import open_archive
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.merkle import EMPTY_ROOT
from compliance.ledger.note import Note
from compliance.ledger.report import LogReport, Report
from compliance.ledger.verify_consistency import check_consistency
from compliance.ledger.verify_notes import Given, Stated
from tests.ledger.edited import SIZE, copied, edit, places, verified, whole
from tests.ledger.support import without_checkpoint


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return whole(tmp_path_factory.mktemp("log"))


def signed_sizes(made):
    with edit(made.folder.parent / "log.db") as connection:
        return {size for (size,) in connection.execute("SELECT size FROM ledger_checkpoint")} | {SIZE}


def checked(made, stated):
    """Return the report of a check of these roots alone, and the log's part of it."""
    archive = open_archive(made)
    log, report = LogReport(1, "example.com/log"), Report()
    with archive.database.read() as connection:
        check_consistency(connection, log, stated, report)
    archive.close()
    return log, report


def test_each_signed_root_is_proved_to_be_continued_by_the_next(made):
    sizes = signed_sizes(made)
    assert len(sizes) > 5
    assert verified(made).newest.proofs == len(sizes) - 1


def test_a_checkpoint_that_an_auditor_brings_takes_part(made, tmp_path):
    note, size = made.checkpoint_path.read_text(), max(notes(made))
    copy = copied(made, tmp_path)
    without_checkpoint(copy.folder)
    with edit(tmp_path / "log.db") as connection:
        connection.execute("DELETE FROM ledger_checkpoint WHERE size < ? OR witnessed", (size,))
    assert verified(copy).newest.proofs == 0  # one root alone continues nothing
    report = verified(copy, Given(checkpoints={"mine": note, "older": notes(made)[1]}))
    assert (report.problems, report.newest.proofs) == ([], 1 + (size != SIZE))


def test_a_root_that_the_tiles_do_not_lead_to_is_a_problem_by_its_places(made):
    roots = {size: Checkpoint.of_text(Note.of_text(note).text).root for size, note in notes(made).items()}
    low, middle, high = sorted(roots)[:3]
    good = [Stated(f"at {size}", size, roots[size]) for size in (low, middle, high)]
    log, report = checked(made, good)
    assert (log.proofs, report.problems) == (2, [])
    bad = [good[0], Stated(f"at {middle}", middle, bytes(32)), good[2]]
    log, report = checked(made, bad)
    assert (log.proofs, places(report)) == (0, ["log 1"])
    assert f"from at {low} to at {middle}, nor do 1 others" in report.problems[0]


def notes(made):
    with edit(made.folder.parent / "log.db") as connection:
        rows = connection.execute("SELECT size, note FROM ledger_checkpoint WHERE NOT witnessed")
        return {size: note.decode() for size, note in rows}


def test_a_wrong_tile_is_named_once_and_that_proofs_fail_is_its_consequence(made, tmp_path):
    copy = copied(made, tmp_path)
    with edit(tmp_path / "log.db") as connection:
        (hashes,) = connection.execute("SELECT hashes FROM ledger_tile").fetchone()
        connection.execute("UPDATE ledger_tile SET hashes = ?", (bytes(32) + hashes[32:],))
    report = verified(copy)
    assert places(report) == ["tile 0 of level 0"]
    assert any("proof of consistency" in note for note in report.notes)


def test_an_empty_tree_needs_no_proof(made):
    log, report = checked(made, [Stated("none", 0, EMPTY_ROOT)])
    assert (log.proofs, report.problems) == (0, [])
