"""A log changes its key while it runs, and whoever holds the old one can follow."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from compliance.ledger import rotation
from compliance.ledger.checkpoint import verified
from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.errors import LedgerUnavailableError, RefusedError
from compliance.ledger.keyring import keys_document, next_path
from compliance.ledger.ledger import Ledger
from compliance.ledger.note import Note, NoteError
from compliance.ledger.proof import Receipt
from tests.ledger.support import record, settings
from tests.ledger.test_outsiders import BROWSER, page

VERIFIER = Path(__file__).parents[2] / "docs" / "verify" / "verify.py"
SAID = ("every year", ("ann", "bob"))


def outsider(folder, receipt, key, document=None):
    """What the stand-alone script says of a receipt to somebody who trusts a key."""
    (folder / "receipt").write_text(str(receipt), newline="")
    keys = []
    if document is not None:
        (folder / "keys.json").write_text(json.dumps(document))
        keys = ["--keys", str(folder / "keys.json")]
    command = [sys.executable, str(VERIFIER), str(folder / "receipt"), key, *keys]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout or done.stderr).splitlines()[0]


@pytest.fixture
def changed(tmp_path):
    """A log that changed its key twice: receipts before, between and after, and what it hands out about its keys."""
    made = settings(tmp_path)
    receipts, keys = [], []
    for number in range(3):
        if number:
            rotation.rotate(made, *SAID)
        ledger = Ledger.open(made)
        receipts.append(ledger.append(record(number)).result(10).receipt)
        keys.append(ledger.verifier.vkey())
        document = keys_document(ledger.reader.keys())
        ledger.close()
    return receipts, keys, document


def test_whoever_trusts_any_key_can_follow_to_any_other(tmp_path, changed):
    receipts, keys, document = changed
    assert len(set(keys)) == 3
    for receipt in receipts:
        for trusted in keys:
            assert outsider(tmp_path, receipt, trusted, document).startswith("valid: entry ")


def test_without_the_changes_only_the_key_that_signed_is_enough(tmp_path, changed):
    receipts, keys, _ = changed
    for number, receipt in enumerate(receipts):
        for other, trusted in enumerate(keys):
            answer = outsider(tmp_path, receipt, trusted)
            assert answer.startswith("valid") == (number == other)
            assert number == other or answer == "not valid: the log has not signed the checkpoint"


def test_a_key_that_was_replaced_signs_nothing_new(tmp_path):
    """Whoever steals the old key afterwards cannot sign a larger tree with it."""
    made = settings(tmp_path)
    ledger = Ledger.open(made)
    ledger.append(record(1)).result(10)
    stolen = ledger._opened.keyring.newest  # noqa: SLF001 - that is what stealing means
    ledger.close()
    rotation.rotate(made, *SAID)
    ledger = Ledger.open(made)
    recorded = ledger.append(record(2)).result(10)
    document = keys_document(ledger.reader.keys())
    note = Note.of_text(recorded.checkpoint)
    forged = replace(Receipt.of_text(recorded.receipt), checkpoint=str(Note(note.text, (stolen.sign(note.text),))))
    answer = outsider(tmp_path, forged, stolen.verifier.vkey(), document)
    assert answer == "not valid: the key was not the log's for this checkpoint"
    ledger.close()


def test_a_change_that_only_the_new_key_signed_leads_nowhere(tmp_path, changed):
    receipts, keys, document = changed
    proof = Receipt.of_text(document["keys"][1]["handover"])
    note = Note.of_text(proof.checkpoint)
    for one in note.signatures:
        document["keys"][1]["handover"] = str(replace(proof, checkpoint=str(Note(note.text, (one,)))))
        answer = outsider(tmp_path, receipts[2], keys[0], document)
        assert answer == "not valid: a change of key is not signed by both keys"


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed")
@pytest.mark.parametrize("bundled", [False, True])
def test_the_page_follows_a_change_of_key_in_a_real_browser(changed, bundled):
    receipts, keys, document = changed
    handed = json.dumps(document)
    assert page(receipts[2], keys[0], bundled=bundled, keys=handed)[0] == "yes"
    assert page(receipts[0], keys[2], bundled=bundled, keys=handed)[0] == "yes"
    assert page(receipts[2], keys[0], bundled=bundled)[0] == "no"
    document["keys"].pop(1)
    assert page(receipts[2], keys[0], bundled=bundled, keys=json.dumps(document))[0] == "no"


def test_the_change_is_an_entry_whose_tree_both_keys_sign_and_the_log_verifies(tmp_path, url):
    made = settings(tmp_path, url)
    ledger = Ledger.open(made)
    ledger.append(record(1)).result(10)
    old = ledger.verifier
    ledger.close()
    rotation.rotate(made, *SAID)
    ledger = Ledger.open(made)
    (key, none), (new, proof) = ledger.reader.keys()
    assert (key.verifier, none, new.verifier) == (old, None, ledger.verifier)
    public = json.loads(proof.entry)["public"]
    said = {"approved_by": ["ann", "bob"], "reason": "every year"}
    assert public == {"vkey": new.verifier.vkey(), "previous": old.vkey(), **said}
    for verifier in (old, ledger.verifier):
        assert verified(proof.checkpoint, verifier).checkpoint.size == new.first + 1
    ledger.append(record(2)).result(10)
    with pytest.raises(NoteError):
        verified(ledger.checkpoint, old)
    assert ledger.verify().problems == []
    ledger.close()


def test_a_node_that_runs_takes_the_new_key_over_and_repeats_old_answers_to_the_byte(tmp_path, url):
    made = settings(tmp_path, url)
    ledger = Ledger.open(made)
    key = IdempotencyKey("c", "before")
    before = ledger.append(record(1), key).result(10)
    old = ledger.verifier
    rotation.rotate(made, *SAID)
    after = ledger.append(record(2)).result(10)
    assert ledger.verifier != old
    Receipt.of_text(after.receipt).verify(ledger.verifier)
    assert ledger.append(record(1), key).result(10).receipt == before.receipt
    Receipt.of_text(before.receipt).verify(old)
    assert ledger.verify().problems == []
    # Once the old key was thrown away, the answer stays and its receipt is of now.
    made.signing_path.with_name(f"signing.key.{old.key_id.hex()}").unlink()
    ledger.close()
    ledger = Ledger.open(made)
    again = ledger.append(record(1), key).result(10)
    assert (again.response, again.index, again.replayed) == (before.response, before.index, True)
    Receipt.of_text(again.receipt).verify(ledger.verifier)
    ledger.close()


def test_a_node_without_the_new_key_answers_nobody_until_it_has_it(tmp_path):
    made = settings(tmp_path)
    other = replace(made, folder=tmp_path / "other")
    ledger = Ledger.open(made)
    ledger.append(record(1)).result(10)
    ledger.close()
    shutil.copytree(made.folder, other.folder)
    node = Ledger.open(replace(other, keystore_url=f"sqlite:///{made.folder}/subject-keys.db"))
    rotation.rotate(made, *SAID)
    with pytest.raises(LedgerUnavailableError, match="another key"):
        node.append(record(2)).result(10)
    assert node.stopped is None
    shutil.copy(made.signing_path, next_path(other.signing_path))
    assert node.append(record(2)).result(10).index == 3
    assert node.verify().problems == []
    node.close()


def test_what_was_interrupted_before_the_files_were_put_in_place_is_completed(tmp_path, monkeypatch):
    made = settings(tmp_path)
    Ledger.open(made).close()
    prepared = rotation.prepare(made)
    monkeypatch.setattr("compliance.ledger.keyring.Keyring.promote", lambda _: None)
    rotation.rotate(made, *SAID)
    monkeypatch.undo()
    ledger = Ledger.open(made)
    assert ledger.verifier == prepared
    assert not next_path(made.signing_path).exists()
    assert ledger.append(record(1)).result(10).index == 2
    assert ledger.verify().problems == []
    ledger.close()


@pytest.mark.parametrize("said", [("why", ("ann", "Ann ")), (" ", ("ann", "bob"))])
def test_nobody_changes_it_alone_or_without_saying_why(tmp_path, said):
    with pytest.raises(RefusedError, match="a new signing key takes"):
        rotation.rotate(settings(tmp_path), *said)
    assert not list(tmp_path.iterdir())


def test_a_change_of_key_without_a_tree_that_both_keys_signed_is_found(tmp_path):
    made = settings(tmp_path)
    Ledger.open(made).close()
    rotation.rotate(made, *SAID)
    with sqlite3.connect(tmp_path / "log.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        (note,) = connection.execute("SELECT note FROM ledger_checkpoint WHERE size = 2").fetchone()
        signed = Note.of_text(note)
        alone = str(Note(signed.text, signed.signatures[1:]))
        connection.execute("UPDATE ledger_checkpoint SET note = ? WHERE size = 2", [alone])
    ledger = Ledger.open(made)
    assert [problem.text for problem in ledger.verify().problems] == [
        "no checkpoint that both keys signed leads from the old to the new one"
    ]
    ledger.close()
