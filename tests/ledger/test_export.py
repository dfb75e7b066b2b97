from __future__ import annotations

import importlib.util
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.ledger import erasure
from compliance.ledger.archive import open_archive
from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.entry import DecisionRecord
from compliance.ledger.errors import TamperedError
from compliance.ledger.export import Exported, entries, manifest, parts, write_lines, write_parquet, write_personal
from compliance.ledger.forks import new_epoch
from compliance.ledger.keyring import signer_in
from compliance.ledger.ledger import Ledger
from compliance.ledger.merkle import leaf_hash
from compliance.ledger.note import Note, NoteError, decode_base64, sign
from compliance.ledger.rotation import rotate
from compliance.ledger.settings import LedgerSettings
from tests.ledger.edited import copied, edit, whole
from tests.ledger.support import Clock, record, settings

VERIFY = Path(__file__).parents[2] / "docs" / "verify"


@pytest.fixture
def outsider(monkeypatch):
    """The script for outsiders."""
    monkeypatch.syspath_prepend(str(VERIFY))
    spec = importlib.util.spec_from_file_location("verify_export", VERIFY / "verify_export.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return whole(tmp_path_factory.mktemp("log"))


@pytest.fixture
def archive(made):
    opened = open_archive(made)
    yield opened
    opened.close()


def exported(archive, folder, *span, kept=()):
    """Write JSON Lines and a manifest; returns the log's newest key."""
    found = parts(archive, *(span or (None, None)), kept)
    with (folder / "entries.jsonl").open("wb") as file:
        rows = write_lines(entries(archive, found), file)
    document = manifest(Exported(found, {"entries.jsonl": rows}), folder)
    (folder / "manifest.json").write_text(json.dumps(document))
    return found[0].keys[-1]


def test_json_lines_hold_every_entry_whole(archive):
    out = io.BytesIO()
    assert write_lines(entries(archive, parts(archive)), out) == 310
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["index"] for row in rows] == list(range(310))
    assert rows[1]["entry"]["public"]["id"] == "d0"
    assert decode_base64(rows[1]["hash"]) == leaf_hash(archive.reader().entry(1).body)
    assert b"residence" not in out.getvalue()


def test_an_outsider_derives_the_signed_root_from_an_export(archive, tmp_path, outsider):
    key = exported(archive, tmp_path)
    assert outsider.verify(tmp_path, key) == [
        "valid: entries 0 to 309 of example.com/log, in a tree of 310",
        "valid: that tree continues the one of 1 that was signed before",
    ]


@pytest.mark.parametrize(("since", "until"), [(4, None), (None, 4), (4, 10), (12, 30)])
def test_a_span_of_time_is_proved_as_well(archive, tmp_path, outsider, since, until):
    span = [None if second is None else datetime(2026, 11, 25, 12, 0, second, tzinfo=UTC) for second in (since, until)]
    key = exported(archive, tmp_path, *span)
    said, _ = outsider.verify(tmp_path, key)
    assert said.startswith("valid: entries")
    assert "0 to 309" not in said


def test_any_entry_that_was_changed_left_out_or_moved_is_refused(archive, tmp_path, outsider):
    key = exported(archive, tmp_path)
    path = tmp_path / "entries.jsonl"
    rows = path.read_bytes().splitlines(keepends=True)
    changed = rows[20].replace(b"allow", b"alloy")
    for other in ([*rows[:20], changed, *rows[21:]], rows[:20] + rows[21:], [rows[1], rows[0], *rows[2:]], rows[:-1]):
        path.write_bytes(b"".join(other))
        document = json.loads((tmp_path / "manifest.json").read_text())
        with pytest.raises(ValueError, match="is not the file"):
            outsider.verify(tmp_path, key)
        # Even if whoever changed it makes the manifest agree.
        again = Exported([], {"entries.jsonl": len(other)})
        document["files"] = manifest(again, tmp_path)["files"]
        kept = (tmp_path / "manifest.json").read_text()
        (tmp_path / "manifest.json").write_text(json.dumps(document))
        with pytest.raises(ValueError, match=r"root that was signed|missing or out of order"):
            outsider.verify(tmp_path, key)
        (tmp_path / "manifest.json").write_text(kept)


def test_parquet_has_the_same_entries_and_the_same_proof(archive, tmp_path, outsider):
    pq = pytest.importorskip("pyarrow.parquet")
    found = parts(archive)
    rows = write_parquet(entries(archive, found), tmp_path / "entries.parquet")
    document = manifest(Exported(found, {"entries.parquet": rows}), tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps(document))
    assert outsider.verify(tmp_path, found[0].keys[-1])[0].startswith("valid: entries 0 to 309")
    table = pq.read_table(tmp_path / "entries.parquet")
    assert table.column("id").to_pylist()[1:4] == ["d0", "d1", "d2"]
    assert table.column("outcome").to_pylist()[:2] == [None, "allow"]
    assert table.column("territories").to_pylist()[1] == ["CH"]
    assert table.column("recorded_at").to_pylist()[0] == datetime(2026, 11, 25, 12, tzinfo=UTC)
    kinds = {"log", "decision", "ruleset", "dictionary", "feed", "erasure", "erasure-request"}
    assert set(table.column("kind").to_pylist()) == kinds


def test_personal_parts_are_written_only_by_name_and_never_once_erased(sqlite_ledger):
    for number in range(2):
        sqlite_ledger.append(record(number, "alice" if number else "bob")).result(10)
    erasure.approve(sqlite_ledger, erasure.request(sqlite_ledger, "bob", "why", "ann"), "ben")
    archive, out = open_archive(sqlite_ledger.settings), io.StringIO()
    assert write_personal(archive, archive.entries(), out) == 1
    row = json.loads(out.getvalue())
    assert (row["id"], row["facts"]) == ("d1", {"subject.residence": "CH", "number": 1})
    archive.close()


def test_what_no_kept_checkpoint_covers_is_left_out(sqlite_ledger):
    sqlite_ledger.append(record(1)).result(10)
    archive = open_archive(sqlite_ledger.settings)
    sqlite_ledger.append(record(2)).result(10)  # after the archive has read the checkpoint
    assert [(part.start, part.end) for part in parts(archive)] == [(0, 2)]
    archive.close()


def test_an_edited_tree_is_not_exported_as_if_it_had_been_signed(made, tmp_path):
    copy = copied(made, tmp_path)
    with edit(tmp_path / "log.db") as connection:
        connection.execute("UPDATE ledger_tile SET root = zeroblob(32)")
    opened = open_archive(copy)
    with pytest.raises(TamperedError):
        parts(opened)
    opened.close()


def test_each_epoch_is_a_part_of_its_own(tmp_path, outsider):
    clock = Clock()
    first = settings(tmp_path, clock=clock)
    ledger = Ledger.open(first)
    ledger.append(record(1)).result(10)
    ledger.close()
    second = LedgerSettings(first.database_url, first.folder, "example.com/second", clock=clock)
    new_epoch(second, "moved house", ("ann", "ben"), force=True)
    ledger = Ledger.open(second)
    ledger.append(DecisionRecord({"id": "x"}, {}, None, "", b"", b"")).result(10)
    ledger.close()
    opened, folder = open_archive(second), tmp_path / "out"
    folder.mkdir()
    exported(opened, folder)
    found = parts(opened)
    assert [(part.epoch, part.start, part.end) for part in found] == [(1, 0, 2), (2, 0, 2)]
    said = outsider.verify(folder, found[1].keys[0])
    assert [line.split(":")[0] for line in said] == ["not checked", "valid", "valid"]
    both = outsider.verify(folder, found[0].keys[0], found[1].keys[0])
    assert [line for line in both if line.startswith("valid: entries")] == [
        "valid: entries 0 to 1 of example.com/log, in a tree of 2",
        "valid: entries 0 to 1 of example.com/second, in a tree of 2",
    ]
    opened.close()


@pytest.fixture(scope="module")
def rotated(tmp_path_factory):
    """A log that changed its key twice, its keys, and a checkpoint by each, taken before the next entry."""
    clock = Clock()
    made = settings(tmp_path_factory.mktemp("rotated"), clock=clock)
    notes, keys = [], []
    for start in (0, 10, 20):
        clock.move(minutes=1)
        if start:
            rotate(made, "every year", ("ann", "bob"))
        ledger = Ledger.open(made)
        for number in range(start, start + 5):
            ledger.append(record(number)).result(10)
        notes.append(ledger.checkpoint)
        keys.append(ledger.verifier.vkey())
        ledger.close()
    return made, notes, keys


def test_whoever_trusts_any_key_of_a_log_proves_an_export_with_it(rotated, tmp_path, outsider):
    made, _, keys = rotated
    opened = open_archive(made)
    exported(opened, tmp_path)
    for trusted in (keys[:1], keys[1:2], keys[2:], keys):
        assert outsider.verify(tmp_path, *trusted)[0] == "valid: entries 0 to 17 of example.com/log, in a tree of 18"
    document = json.loads((tmp_path / "manifest.json").read_text())
    handovers = document["parts"][0].pop("handovers")
    (tmp_path / "manifest.json").write_text(json.dumps(document))
    with pytest.raises(ValueError, match="has not signed"):
        outsider.verify(tmp_path, keys[0])
    assert outsider.verify(tmp_path, keys[0], listed=handovers)[0].startswith("valid")
    opened.close()


def test_a_handover_that_the_trusted_key_did_not_sign_leads_nowhere(rotated, tmp_path, outsider):
    made, _, keys = rotated
    opened = open_archive(made)
    exported(opened, tmp_path)
    path = tmp_path / "manifest.json"
    document = json.loads(path.read_text())
    first, second = document["parts"][0]["handovers"]
    # The old key's line goes, so that only the new one has signed for itself.
    document["parts"][0]["handovers"] = ["\n".join(line for line in first.split("\n")[:-2]) + "\n", second]
    path.write_text(json.dumps(document))
    with pytest.raises(ValueError, match="not signed by both keys"):
        outsider.verify(tmp_path, keys[0])
    opened.close()


def test_an_old_key_does_not_sign_for_a_tree_after_its_time(rotated, tmp_path, outsider):
    made, notes, keys = rotated
    opened = open_archive(made)
    exported(opened, tmp_path)
    path = tmp_path / "manifest.json"
    document = json.loads(path.read_text())
    text = Note.of_text(document["parts"][0]["checkpoint"]).text
    stolen = signer_in(made, next(made.folder.glob("signing.key.*")))
    document["parts"][0]["checkpoint"] = str(sign(text, [stolen]))
    path.write_text(json.dumps(document))
    with pytest.raises(ValueError, match="was not the log's"):
        outsider.verify(tmp_path, keys[2])
    assert len(notes) == 3
    opened.close()


@pytest.mark.parametrize("span", [(), (datetime(2026, 11, 25, 12, 3, tzinfo=UTC), None)])
def test_an_export_is_shown_to_continue_the_checkpoints_that_an_auditor_kept(rotated, tmp_path, outsider, span):
    made, notes, keys = rotated
    opened = open_archive(made)
    exported(opened, tmp_path, *span, kept=notes)
    said = outsider.verify(tmp_path, keys[0], kept=notes)
    assert [line for line in said if "your checkpoint" in line] == [
        f"valid: your checkpoint over {size} is continued" for size in (6, 12, 18)
    ]
    opened.close()


def test_a_kept_checkpoint_is_proved_from_the_entries_or_asked_for(rotated, tmp_path, outsider):
    made, notes, keys = rotated
    opened = open_archive(made)
    whole_log, rest = tmp_path / "whole", tmp_path / "rest"
    whole_log.mkdir()
    rest.mkdir()
    exported(opened, whole_log)
    assert "valid: your checkpoint over 12 is continued" in outsider.verify(whole_log, keys[0], kept=[notes[1]])
    exported(opened, rest, datetime(2026, 11, 25, 12, 3, tzinfo=UTC), None)
    with pytest.raises(ValueError, match="ask for it with that checkpoint"):
        outsider.verify(rest, keys[0], kept=[notes[0]])
    opened.close()


def test_another_tree_of_the_same_log_is_not_continued(rotated, tmp_path, outsider):
    made, notes, keys = rotated
    stolen = {s.verifier.vkey(): s for s in (signer_in(made, path) for path in made.folder.glob("signing.key*"))}
    forged = str(Checkpoint("example.com/log", 4, bytes(32)).signed([stolen[keys[0]]]))
    opened = open_archive(made)
    exported(opened, tmp_path)
    with pytest.raises(ValueError, match="are not those of your checkpoint"):
        outsider.verify(tmp_path, keys[0], kept=[forged])
    with pytest.raises(TamperedError, match="does not continue the checkpoint over 4"):
        parts(opened, None, None, [forged])
    other = str(Checkpoint("example.com/other", 4, bytes(32)).signed([stolen[keys[0]]]))
    with pytest.raises(NoteError, match="not stored here"):
        parts(opened, None, None, [other])
    with pytest.raises(ValueError, match="not in the export"):
        outsider.verify(tmp_path, keys[0], kept=[other])
    assert notes
    opened.close()
