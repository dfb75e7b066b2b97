import json
import subprocess
import sys
from pathlib import Path

import pytest

from compliance.ledger import erasure
from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings
from tests.cli.ledgers import kept
from tests.cli.support import run

SCRIPT = Path(__file__).parents[2] / "docs" / "verify" / "verify_export.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return kept(tmp_path_factory.mktemp("ledger"))


def opened(folder):
    return Ledger.open(LedgerSettings(f"sqlite:///{folder}/ledger.db", folder, "example.com/log"))


def outsider(out, *options):
    key = json.loads((out / "manifest.json").read_text())["parts"][0]["keys"][0]
    command = [sys.executable, str(SCRIPT), str(out), key, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_an_export_is_masked_and_an_outsider_proves_it(folder, tmp_path, format_):
    done = run("ledger", "export", "--ledger", folder, "--out", tmp_path / "out", "--format", format_)
    assert done.code == 0, done.err
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"entries.{format_}", "manifest.json"]
    assert b"customer-1" not in (tmp_path / "out" / f"entries.{format_}").read_bytes()
    proved = outsider(tmp_path / "out")
    assert proved.returncode == 0, proved.stderr
    assert proved.stdout.splitlines()[0] == "valid: entries 0 to 6 of example.com/log, in a tree of 7"


def test_an_export_is_shown_to_continue_a_checkpoint_that_was_kept(folder, tmp_path):
    kept_note = tmp_path / "mine"
    kept_note.write_bytes((folder / "checkpoint").read_bytes())
    done = run("ledger", "export", "--ledger", folder, "--out", tmp_path / "out", "--checkpoint", kept_note)
    assert done.code == 0, done.err
    proved = outsider(tmp_path / "out", "--checkpoint", str(kept_note))
    assert "valid: your checkpoint over 7 is continued" in proved.stdout
    kept_note.write_text("none")
    done = run("ledger", "export", "--ledger", folder, "--out", tmp_path / "again", "--checkpoint", kept_note)
    assert (done.code, (tmp_path / "again").exists()) == (2, False)
    assert "`--checkpoint`: a note is text" in done.err


def test_a_span_of_time_can_be_exported(folder, tmp_path):
    words = ("--since", "2026-10-05T13:00:00Z", "--until", "2026-10-05T15:00:00Z")
    done = run("ledger", "export", "--ledger", folder, "--out", tmp_path / "out", "--json", *words)
    assert done.json["files"] == {"entries.jsonl": 2}
    assert outsider(tmp_path / "out").returncode == 0


def test_personal_parts_are_taken_out_for_a_reason_that_is_recorded_first(tmp_path):
    kept(tmp_path / "log")
    ledger = opened(tmp_path / "log")
    erasure.approve(ledger, erasure.request(ledger, "bob", "asked to go", "ann"), "ben")
    ledger.close()
    words = ("--personal", "--reason", "audit 7", "--by", "dora")
    done = run("ledger", "export", "--ledger", tmp_path / "log", "--out", tmp_path / "out", "--json", *words)
    assert done.code == 0, done.err
    # What the archive read before the record is exported; the record itself is in the log.
    assert done.json["files"]["personal.jsonl"] == 3
    assert (tmp_path / "out" / "personal.jsonl").stat().st_mode & 0o077 == 0
    rows = [json.loads(line) for line in (tmp_path / "out" / "personal.jsonl").read_text().splitlines()]
    assert {json.loads(row["request"])["subject"]["id"] for row in rows} == {"ann", "cem"}
    ledger = opened(tmp_path / "log")
    (said,) = ledger.reader.events(["export"])
    assert (said.public["by"], said.public["reason"]) == ("dora", "audit 7")
    assert ledger.verify().problems == []
    ledger.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--personal",), "needs `--reason` and `--by`"),
        (("--reason", "why"), "belong to `--personal`"),
        (("--since", "yesterday"), "is no instant"),
    ],
)
def test_what_does_not_make_sense_writes_nothing(folder, tmp_path, words, said):
    done = run("ledger", "export", "--ledger", folder, "--out", tmp_path / "out", *words)
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over(folder, tmp_path):
    (tmp_path / "mine").write_text("mine")
    done = run("ledger", "export", "--ledger", folder, "--out", tmp_path)
    assert done.code == 2
    assert "is there already" in " ".join(done.err.split())


def test_where_nothing_can_be_written_nothing_is_taken_out(tmp_path):
    folder = kept(tmp_path / "ledger")
    (tmp_path / "file").write_text("")
    why = ("--personal", "--reason", "an audit", "--by", "ann")
    done = run("ledger", "export", "--ledger", folder, "--out", tmp_path / "file" / "out", *why)
    assert done.code == 2
    assert "cannot be written: not a directory" in " ".join(done.err.split())
    ledger = opened(folder)
    assert ledger.reader.events(["export"]) == []
    ledger.close()
