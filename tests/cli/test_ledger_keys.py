import shutil

import pytest

from compliance.cli.exits import Exit
from tests.cli.ledgers import kept
from tests.cli.support import run

ORIGIN = ("--origin", "example.com/log")
SAID = ("--by", "ann", "--and", "bob", "--reason", "every year")


@pytest.fixture
def folder(tmp_path):
    return kept(tmp_path)


def test_the_key_of_a_log_is_changed_and_both_are_named(folder):
    prepared = run("ledger", "rotate-key", "--ledger", folder, *ORIGIN, "--prepare")
    done = run("ledger", "rotate-key", "--ledger", folder, *ORIGIN, *SAID)
    assert (prepared.code, done.code) == (Exit.FINE, Exit.FINE)
    lines = done.out.splitlines()
    assert "entry 7 of example.com/log states the new key" in lines[0]
    assert lines[2] == f"new: {prepared.out.strip()}"
    assert lines[1].startswith("old: example.com/log+")


ALONE = ("--by", "ann", "--and", " Ann", "--reason", "x")


@pytest.mark.parametrize(
    "said",
    [(), ("--by", "ann", "--reason", "x"), ("--by", "ann", "--and", "bob"), (*SAID[:4], "--reason", " "), ALONE],
)
@pytest.mark.parametrize("command", ["rotate-key", "rotate-master-key"])
def test_it_takes_two_persons_and_why(folder, command, said):
    before = {path.name: path.read_bytes() for path in folder.iterdir() if "key" in path.name}
    done = run("ledger", command, "--ledger", folder, *(ORIGIN if command == "rotate-key" else ()), *said)
    assert done.code == Exit.BAD_INPUT
    assert ("two different persons" if said is ALONE else "it takes two persons and why") in " ".join(done.err.split())
    assert {path.name: path.read_bytes() for path in folder.iterdir() if "key" in path.name} == before


@pytest.mark.parametrize("there", [True, False])
def test_where_no_log_is_none_is_begun(tmp_path, there):
    place = tmp_path / "place"
    if there:
        place.mkdir()
    done = run("ledger", "rotate-key", "--ledger", place, *ORIGIN, *SAID)
    assert done.code == Exit.BAD_INPUT
    assert "no log is stored there" in " ".join(done.err.split())
    assert not place.exists() or list(place.iterdir()) == []


def test_a_log_of_another_name_is_left_alone(folder):
    done = run("ledger", "rotate-key", "--ledger", folder, *SAID)
    assert done.code == Exit.FAILED
    assert "the key was not changed: the database holds the log `example.com/log`" in done.err


def test_a_log_that_was_restored_is_left_alone(folder, tmp_path):
    shutil.copy(folder / "ledger.db", folder / "backup.db")
    assert run("ledger", "rotate-key", "--ledger", folder, *ORIGIN, *SAID).code == Exit.FINE
    shutil.copy(folder / "backup.db", folder / "ledger.db")
    done = run("ledger", "rotate-key", "--ledger", folder, *ORIGIN, *SAID)
    assert done.code == Exit.FAILED
    assert "compliance ledger fork" in done.err


def test_the_master_key_is_changed(folder):
    before = (folder / "master.key").read_text()
    done = run("ledger", "rotate-master-key", "--ledger", folder, *SAID)
    assert done.code == Exit.FINE
    assert "5 keys are wrapped with the new master key" in done.out  # three persons, nobody, pseudonyms
    assert (folder / "master.key").read_text() != before
    counted = run("ledger", "stats", "--ledger", folder, "--json")
    assert counted.json["kinds"]["master-key"] == 1
    checked = run("ledger", "verify", "--ledger", folder)
    assert checked.code == Exit.FINE
    assert "changed 1 times, last " in checked.out


def test_a_new_master_key_that_is_none_is_refused(folder, monkeypatch):
    monkeypatch.setenv("COMPLIANCE_NEW_MASTER_KEY", "secret")
    done = run("ledger", "rotate-master-key", "--ledger", folder, *SAID)
    assert done.code == Exit.BAD_INPUT
    assert "secret" not in done.err.replace("COMPLIANCE_NEW_MASTER_KEY", "")
