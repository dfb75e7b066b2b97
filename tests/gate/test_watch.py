import asyncio
import os
import shutil
import time

import pytest

from compliance.gate.clock import SetClock
from compliance.gate.gate import Gate
from compliance.gate.shelf import Shelf
from compliance.gate.supplier import load_checked
from compliance.gate.watch import Watcher, fingerprint
from tests.gate.support import NOW, TINY, reader


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(TINY, tmp_path / "tiny")


@pytest.fixture
def gate(folder):
    return Gate(Shelf(load_checked(folder, NOW), NOW), SetClock(NOW))


@pytest.fixture
def watcher(gate, folder):
    return Watcher(gate.shelf, folder, gate.clock)


def write(folder, name, text):
    path = folder / "rules" / name
    path.write_text(text)
    os.utime(path, ns=(time.time_ns(), time.time_ns()))


def new_rule(folder):
    write(
        folder,
        "access/closed.yaml",
        '- rule: closed\n  effect: forbid\n  actions: [look]\n  when: subject.department == "poetry"\n'
        "  subjects: [user]\n  says: poets read nothing\n  authority: [handbook]\n",
    )
    write(
        folder,
        "access/closed.cases.yaml",
        "as_of: 2026-06-01T09:00:00Z\ncases:\n  - case: a poet reads nothing\n    as: mathematician\n"
        "    subject: {department: poetry}\n    outcome: deny\n    grounds: [closed]\n",
    )


def grounds(gate):
    body = reader("bob", document="poems")
    return [ground.rule for ground in asyncio.run(gate.answer(body)).decision.grounds]


def test_who_asks_is_told_once_an_edit_answers_and_not_of_one_that_is_not_taken(gate, folder):
    told = []
    watcher = Watcher(gate.shelf, folder, gate.clock, taken=lambda: told.append(gate.shelf.current.book))
    before = gate.shelf.current.book
    write(folder, "access/closed.yaml", "- rule: closed\n")
    assert watcher.look()
    assert told == []
    new_rule(folder)
    assert watcher.look()
    assert told == [gate.shelf.current.book]
    assert told[0] is not before


def test_an_edit_that_compiles_and_whose_cases_hold_changes_the_answer(gate, watcher, folder):
    assert grounds(gate) != ["closed"]
    new_rule(folder)
    assert watcher.look()
    assert gate.shelf.current.trouble is None
    assert grounds(gate) == ["closed"]


def test_an_edit_that_does_not_compile_changes_nothing_and_is_reported(gate, watcher, folder):
    before, digest = grounds(gate), gate.shelf.current.book.rulebook.digest
    write(folder, "access/reading.yaml", "- rule: [")
    assert watcher.look()
    assert grounds(gate) == before
    assert gate.shelf.current.book.rulebook.digest == digest
    assert "errors" in gate.shelf.current.trouble.sentence


def test_an_edit_whose_cases_fail_changes_nothing_and_is_reported(gate, watcher, folder):
    before = grounds(gate)
    new_rule(folder)
    path = folder / "rules" / "access" / "closed.cases.yaml"
    write(folder, "access/closed.cases.yaml", path.read_text().replace("outcome: deny", "outcome: allow"))
    watcher.look()
    assert grounds(gate) == before
    assert "cases" in gate.shelf.current.trouble.sentence


def test_taking_a_broken_edit_back_ends_the_trouble(gate, watcher, folder):
    path = folder / "rules" / "access" / "reading.yaml"
    text = path.read_text()
    write(folder, "access/reading.yaml", "{")
    watcher.look()
    assert gate.shelf.current.trouble is not None
    write(folder, "access/reading.yaml", text)
    watcher.look()
    assert gate.shelf.current.trouble is None


def test_bytes_that_are_no_text_change_nothing(gate, watcher, folder):
    (folder / "rules" / "access" / "reading.yaml").write_bytes(b"\xff\xfe\x00")
    watcher.look()
    assert gate.shelf.current.trouble is not None
    assert grounds(gate)


def test_nothing_is_checked_while_nothing_changes(watcher):
    assert not watcher.look()


def test_a_file_that_comes_goes_or_changes_is_another_fingerprint(folder):
    first = fingerprint(folder)
    new_rule(folder)
    second = fingerprint(folder)
    (folder / "rules" / "access" / "closed.yaml").unlink()
    assert len({first, second, fingerprint(folder)}) == 3


def test_a_file_whose_name_ends_the_short_way_is_seen_too(folder):
    before = fingerprint(folder)
    write(folder, "access/more.yml", "rule: x")
    assert fingerprint(folder) != before


def test_the_thread_sees_an_edit_by_itself_and_stops_when_told(gate, folder):
    watcher = Watcher(gate.shelf, folder, gate.clock, every=0.02)
    watcher.start()
    new_rule(folder)
    deadline = time.monotonic() + 30
    while grounds(gate) != ["closed"] and time.monotonic() < deadline:
        time.sleep(0.02)
    watcher.stop()
    assert grounds(gate) == ["closed"]
