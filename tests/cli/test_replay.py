import json
import sqlite3

import pytest

from compliance.ledger import erasure
from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings
from tests.cli.ledgers import kept, of
from tests.cli.support import run
from tests.gate.ledgers import transfer


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return kept(
        tmp_path_factory.mktemp("ledger"), [of("ann"), of("bob", residence="PR"), transfer(), of("bob", "sell")]
    )


def opened(folder):
    return Ledger.open(LedgerSettings(f"sqlite:///{folder}/ledger.db", folder, "example.com/log"))


def test_recorded_decisions_are_taken_again_to_the_same_bytes(folder):
    done = run("replay", "--ledger", folder, "--json")
    assert done.code == 0
    assert done.json == {"replayed": 4, "same": 4, "different": 0, "unreadable": 0, "erased": 0, "differences": []}


def test_a_range_a_number_or_one_decision_can_be_chosen(folder):
    words = ("--since", "2026-10-05T13:00:00Z", "--until", "2026-10-05T15:00:00Z")
    assert run("replay", "--ledger", folder, "--json", *words).json["same"] == 2
    assert run("replay", "--ledger", folder, "--json", "--limit", 3).json["same"] == 3
    ledger = opened(folder)
    decision = next(entry for entry in ledger.reader.entries() if entry.public.get("outcome") == "deny")
    ledger.close()
    done = run("replay", "--ledger", folder, "--id", decision.public["id"])
    assert (done.code, done.out) == (0, "1 the same, byte by byte; 0 different; 0 erased\n")


def test_a_decision_that_nobody_took_is_bad_input(folder):
    done = run("replay", "--ledger", folder, "--id", "nobody")
    assert done.code == 2
    assert "no decision `nobody` is recorded there" in done.err


def test_who_was_erased_is_counted_and_not_held_against_the_log(tmp_path):
    kept(tmp_path)
    ledger = opened(tmp_path)
    erasure.approve(ledger, erasure.request(ledger, "bob", "asked to go", "ann"), "ben")
    ledger.close()
    done = run("replay", "--ledger", tmp_path, "--json")
    assert (done.code, done.json["same"], done.json["erased"], done.json["differences"]) == (0, 3, 2, [])


def test_an_answer_that_this_version_would_not_give_is_shown_with_the_places_that_differ(folder, monkeypatch):
    monkeypatch.setattr("compliance.gate.spelling.instant", lambda _: "never")
    monkeypatch.setattr("compliance.gate.pieces.instant_json", lambda _: b'"never"')
    done = run("replay", "--ledger", folder, "--json")
    assert done.code == 1
    assert done.json["different"] == 4
    assert "/decided_at" in done.json["differences"][0]["places"]
    assert "/decided_at" in run("replay", "--ledger", folder).out


def test_an_edited_rulebook_is_trouble_and_no_traceback(tmp_path):
    kept(tmp_path, [of("ann")])
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("DROP TRIGGER ledger_ruleset_refuses_update")
        connection.execute("UPDATE ledger_ruleset SET source = ?", (json.dumps({"files": {}}).encode(),))
    connection.close()
    done = run("replay", "--ledger", tmp_path, "--json")
    assert (done.code, done.json["unreadable"]) == (1, 1)
    assert "is not that rulebook" in done.json["differences"][0]["trouble"]


def test_without_the_keys_of_persons_nothing_can_be_taken_again(tmp_path):
    kept(tmp_path, [of("ann")])
    (tmp_path / "master.key").unlink()
    done = run("replay", "--ledger", tmp_path)
    assert done.code == 2
    assert "keys of persons are not at hand" in done.err
