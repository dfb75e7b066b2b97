import os
import sqlite3

import pytest

from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings
from tests.cli.ledgers import kept
from tests.cli.support import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return kept(tmp_path_factory.mktemp("ledger"))


@pytest.fixture(scope="module")
def receipt(folder):
    ledger = Ledger.open(LedgerSettings(f"sqlite:///{folder}/ledger.db", folder, "example.com/log"))
    (folder / "receipt").write_text(str(ledger.receipt(2)), newline="")
    (folder / "key").write_text(ledger.verifier.vkey())
    ledger.close()
    return folder / "receipt"


def test_it_says_how_many_entries_under_which_root_and_how_old_the_checkpoint_is(folder):
    done = run("ledger", "verify", "--ledger", folder)
    assert done.code == 0, done.err
    assert "everything stored is as the log committed to it" in done.out
    found = run("ledger", "verify", "--ledger", folder, "--json").json
    (log,) = found["logs"]
    assert (log["size"], log["personal"]) == (7, {"opened": 7, "erased": 0, "unread": 0})
    assert log["checkpoint"]["size"] == 7
    assert log["checkpoint"]["covers_until"] == "2026-10-05T16:00:00.000000Z"
    assert log["checkpoint"]["age_seconds"] > 0
    assert log["root"] in done.out
    assert found["good"] is True


def test_a_receipt_a_checkpoint_and_the_key_are_borne_out(folder, receipt):
    given = ("--receipt", receipt, "--checkpoint", folder / "checkpoint", "--key", (folder / "key").read_text())
    done = run("ledger", "verify", "--ledger", folder, *given, "--json")
    assert (done.code, done.json["receipts"], done.json["problems"]) == (0, 1, [])


def test_a_receipt_with_one_character_changed_is_named(folder, receipt, tmp_path):
    text = receipt.read_text()
    (tmp_path / "changed").write_text(text.replace("index 2", "index 3"), newline="")
    done = run("ledger", "verify", "--ledger", folder, "--receipt", tmp_path / "changed")
    assert done.code == 1
    assert f"receipt {tmp_path / 'changed'}: it is not valid" in done.out


def test_an_edited_row_is_named(tmp_path):
    kept(tmp_path)
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("DROP TRIGGER ledger_entry_refuses_update")
        connection.execute(
            "UPDATE ledger_entry SET entry = CAST(replace(entry, 'deny', 'derp') AS BLOB) WHERE leaf_index = 3"
        )
    connection.close()
    done = run("ledger", "verify", "--ledger", tmp_path)
    assert done.code == 1
    assert "do not give the root that was signed" in done.out
    assert "this log is NOT what was recorded" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--receipt", "nowhere"), "cannot be read"),
        (("--key", "none"), "a key has the form"),
        (("--witness-key", "none"), "a key has the form"),
    ],
)
def test_bad_input_is_told_from_a_bad_log(folder, words, said):
    done = run("ledger", "verify", "--ledger", folder, *words)
    assert done.code == 2
    assert said in done.err


def test_several_processes_find_the_same(folder, monkeypatch):
    alone = run("ledger", "verify", "--ledger", folder, "--json", "--jobs", "1").json
    monkeypatch.setattr("compliance.ledger.verify.FEW", 1)
    together = run("ledger", "verify", "--ledger", folder, "--json", "--jobs", "2").json
    for found in (alone, together):
        del found["logs"][0]["checkpoint"]["age_seconds"]
    assert together == alone
    assert run("ledger", "verify", "--ledger", folder, "--jobs", "0").code == 2


def dead(*_):
    os._exit(9)


def test_a_process_that_dies_is_a_failure_and_no_report(folder, monkeypatch):
    monkeypatch.setattr("compliance.ledger.verify.FEW", 1)
    monkeypatch.setattr("compliance.cli.ledger_verify.open_at", dead)
    done = run("ledger", "verify", "--ledger", folder, "--json", "--jobs", "2")
    assert (done.code, done.out) == (70, "")
    assert "the log was not verified: a process that examined entries ended before its time" in " ".join(
        done.err.split()
    )
