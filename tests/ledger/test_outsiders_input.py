"""What outsiders give by mistake: one line that says what is wrong, no traceback, and exit code 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from compliance.ledger.archive import open_archive
from compliance.ledger.export import Exported, entries, manifest, parts, write_lines
from compliance.ledger.keyring import keys_document
from compliance.ledger.ledger import Ledger
from tests.ledger.support import record, settings

DOCS = Path(__file__).parents[2] / "docs" / "verify"
OTHER = "example.com/log+00000000+" + "A" * 44


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A receipt, a checkpoint, a proof, a key and its document, in files; and files that are none of it."""
    made = tmp_path_factory.mktemp("given")
    ledger = Ledger.open(settings(made))
    recorded = ledger.append(record(1)).result(10)
    proof = {"consistency": [], "checkpoint": recorded.checkpoint}
    files = {
        "receipt": recorded.receipt,
        "checkpoint": recorded.checkpoint,
        "proof": json.dumps(proof),
        "keys.json": json.dumps(keys_document(ledger.reader.keys())),
        "key": ledger.verifier.vkey() + "\n",
        "answer.json": json.dumps({"outcome": "deny", "receipt": recorded.receipt}),
        "quoted": json.dumps(recorded.receipt),
        "list.json": "[1]",
        "no-keys.json": json.dumps({"keys": [{"handover": 5}]}),
        "half.json": '{"keys": [',
    }
    for name, text in files.items():
        (made / name).write_text(text, newline="")
    (made / "binary").write_bytes(b"\xff\xfe\x00")
    ledger.close()
    _export(made)
    return made


def _export(made):
    """Write an export of the log in a folder into another folder inside it."""
    archive = open_archive(settings(made))
    found = parts(archive)
    (made / "export").mkdir()
    with (made / "export" / "entries.jsonl").open("wb") as file:
        rows = write_lines(entries(archive, found), file)
    document = manifest(Exported(found, {"entries.jsonl": rows}), made / "export")
    (made / "export" / "manifest.json").write_text(json.dumps(document))
    archive.close()


def say(folder, script, *words, stdout=subprocess.PIPE):
    """What a script says of files in a folder; `KEY` stands for the log's key."""
    key = (folder / "key").read_text().strip()
    command = [sys.executable, str(DOCS / script), *(key if word == "KEY" else word for word in words)]
    return subprocess.run(command, cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("verify.py", ("receipt", "KEY", "--keys", "keys.json")),
        ("verify.py", ("receipt", "KEY", "--keys", "keys.json", "KEY")),
        ("verify_consistency.py", ("checkpoint", "proof", "KEY", "--keys", "keys.json")),
        ("verify_consistency.py", ("checkpoint", "proof", "KEY", "--new", "checkpoint")),
    ],
)
def test_what_is_given_rightly_is_accepted(folder, script, words):
    done = say(folder, script, *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("valid: ")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("verify.py", ("receipt", "KEY")),
        ("verify_consistency.py", ("checkpoint", "proof", "KEY")),
        ("verify_export.py", ("export", "KEY")),
    ],
)
def test_a_reader_that_leaves_early_changes_no_verdict(folder, script, words):
    reading, writing = os.pipe()
    os.close(reading)
    done = say(folder, script, *words, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


MISTAKES = [
    (("none", "KEY"), "`none` cannot be read: No such file"),
    ((".", "KEY"), "`.` cannot be read: Is a directory"),
    (("binary", "KEY"), "`binary` cannot be read: it is not text"),
    (("answer.json", "KEY"), "this is JSON: a receipt is the text of the member `receipt`"),
    (("list.json", "KEY"), "this is JSON"),
    (("quoted", "KEY"), "this is JSON"),
    (("receipt", "key"), "give the key itself, not its file"),
    (("receipt", OTHER), "is not the id of that name and key"),
    (("receipt", "KEY", "witness"), "`witness` is no Ed25519 key"),
    (("receipt", "KEY", "--keys", "none"), "`none` cannot be read"),
    (("receipt", "KEY", "--keys", "half.json"), "`half.json` is not what the service answers to GET /v1/ledger/key"),
    (("receipt", "KEY", "--keys", "list.json"), "`list.json` is not what"),
    (("receipt", "KEY", "--keys", "answer.json"), "`answer.json` is not what"),
    (("receipt", "KEY", "--keys", "no-keys.json"), "the file of keys states something else"),
]


@pytest.mark.parametrize(("words", "says"), MISTAKES)
def test_a_mistake_with_a_receipt_is_said_in_one_line(folder, words, says):
    done = say(folder, "verify.py", *words)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert says in line


@pytest.mark.parametrize("words", [(), ("receipt",), ("receipt", "KEY", "--key")])
def test_what_is_missing_is_said_with_how_it_is_called(folder, words):
    done = say(folder, "verify.py", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none", "proof", "KEY"), "`none` cannot be read"),
        (("checkpoint", "none", "KEY"), "`none` cannot be read"),
        (("checkpoint", "receipt", "KEY"), "`receipt` is not what the service answers to GET /v1/ledger/consistency"),
        (("checkpoint", "list.json", "KEY"), "`list.json` is not what"),
        (("checkpoint", "answer.json", "KEY"), "`answer.json` is not what"),
        (("checkpoint", "proof", "key"), "give the key itself"),
        (("checkpoint", "proof", "KEY", "--keys", "half.json"), "`half.json` is not what"),
        (("checkpoint", "proof", "KEY", "--new", "none"), "`none` cannot be read"),
    ],
)
def test_a_mistake_with_a_proof_is_said_in_one_line(folder, words, says):
    done = say(folder, "verify_consistency.py", *words)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert says in line


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (None, "manifest.json` cannot be read: No such file"),
        ("{", "is not an export"),
        ("[]", "is not an export"),
        ('{"format": "other"}', "is not an export"),
        ('{"format": "compliance-export/1"}', "the export, or the file of keys, cannot be read (KeyError: 'files')"),
        ('{"format": "compliance-export/1", "files": {"gone": {"sha256": ""}}, "parts": []}', "No such file"),
    ],
)
def test_a_mistake_with_an_export_is_said_in_one_line(folder, tmp_path, manifest, says):
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    done = say(folder, "verify_export.py", str(tmp_path), "KEY")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert says in line


@pytest.mark.parametrize("script", ["verify_consistency.py", "verify_export.py"])
def test_without_anything_it_is_said_how_they_are_called(folder, script):
    done = say(folder, script)
    assert (done.returncode, done.stdout) == (2, "")
    assert script in done.stderr
