from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

import pytest

from compliance.ledger.archive import open_archive
from compliance.ledger.errors import NotVerifiedError
from compliance.ledger.settings import LedgerSettings
from compliance.ledger.verify_entries import spans
from compliance.ledger.verify_processes import hands, processors
from tests.ledger.edited import SIZE, edit, places, verified, whole


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    made = whole(tmp_path_factory.mktemp("log"))
    return LedgerSettings(made.database_url, made.folder)


def dead(settings):
    """Open nothing: end the process, as the kernel does when memory runs out."""
    assert settings
    os._exit(9)


class Dying:
    """Keys of persons whose process ends as soon as they are asked for."""

    def fetch(self, names):
        os._exit(9)


def dying(settings):
    return replace(open_archive(settings), subjects=Dying())


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_spans_come_in_order_whoever_examines_them(plain, jobs):
    archive = open_archive(plain)
    key = b"k" * 32
    with archive.database.read() as connection, hands(connection, archive, partial(open_archive, plain), jobs) as given:
        sums = given.index_sums(1, key)
        # The same span over and over: a long log would take long to write.
        wanted = [*spans(1, SIZE, [], 0, key)] * 9
        found = list(given.examined(iter(wanted)))
        assert len({each.root for each in found}) == 1
        assert [each.span for each in found] == wanted
        assert sums().keys() == {0}
    archive.close()


@pytest.mark.parametrize("reopen", [dead, dying])
def test_a_process_that_dies_ends_the_verification_without_a_report(plain, monkeypatch, reopen):
    monkeypatch.setattr("compliance.ledger.verify.FEW", 10)
    with pytest.raises(NotVerifiedError, match="ended before its time"):
        verified(plain, reopen=partial(reopen, plain), jobs=2)


def test_a_file_that_is_torn_is_a_problem_in_another_process_too(plain, tmp_path, monkeypatch):
    monkeypatch.setattr("compliance.ledger.verify.FEW", 10)
    made = whole(tmp_path)
    path = tmp_path / "log.db"
    with edit(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(content)
    opened = LedgerSettings(made.database_url, made.folder)
    alone, together = verified(opened), verified(opened, reopen=partial(open_archive, opened), jobs=2)
    assert alone.problems
    assert places(together) == places(alone)


def test_on_each_kind_of_database_several_processes_find_what_one_finds(tmp_path, url, monkeypatch):
    monkeypatch.setattr("compliance.ledger.verify.FEW", 10)
    made = whole(tmp_path, url)
    opened = LedgerSettings(made.database_url, made.folder)
    seen = []
    told = lambda done, total: seen.append((done, total))  # noqa: E731
    together = verified(opened, reopen=partial(open_archive, opened), jobs=2, progress=told)
    assert together.problems == []
    assert together.document() == verified(opened).document()
    assert seen[-1] == (SIZE, SIZE)


def test_there_is_a_processor_at_least():
    assert 1 <= processors() <= (os.cpu_count() or 1)
