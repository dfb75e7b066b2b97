from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.ledger import erasure
from compliance.ledger.errors import ErasedError, LedgerError, NotRecordedError, RetainedError
from compliance.ledger.ledger import Ledger
from tests.ledger.support import Clock, record, settings

ANN, BOB = "ann@example.com", "bob@example.com"
SECRET = "Bahnhofstrasse 1, 8001"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(tmp_path, clock):
    opened = Ledger.open(settings(tmp_path, clock=clock))
    opened.append(record(1, address=None)).result(10)
    yield opened
    opened.close()


def test_one_asks_another_approves_and_the_person_is_gone(ledger):
    asked = erasure.request(ledger, "alice", "the customer asked", ANN)
    assert [event.id for event in erasure.open_requests(ledger)] == [asked]
    assert ledger.reader.personal(ledger.reader.decision("d1")).facts
    recorded = erasure.approve(ledger, asked, BOB)
    with pytest.raises(ErasedError):
        ledger.reader.personal(ledger.reader.decision("d1"))
    entry = ledger.reader.entry(recorded.index)
    assert (entry.kind, entry.public["by"], entry.public["concerns"]) == ("erasure", BOB, asked)
    assert erasure.open_requests(ledger) == []
    assert ledger.verify().problems == []


def test_the_one_who_asked_cannot_approve(ledger):
    asked = erasure.request(ledger, "alice", "why", ANN)
    with pytest.raises(LedgerError, match="cannot approve"):
        erasure.approve(ledger, asked, " Ann@example.com")


def test_a_duty_to_retain_stands_in_the_way_until_it_has_passed(ledger, clock):
    asked = erasure.request(ledger, "alice", "why", ANN)
    until = clock.now + timedelta(days=5 * 365)
    with pytest.raises(RetainedError) as refused:
        erasure.approve(ledger, asked, BOB, until)
    assert refused.value.until == until
    clock.move(days=5 * 365)
    erasure.approve(ledger, asked, BOB, until)


def test_a_hold_stands_in_the_way_until_another_person_lifts_it(ledger):
    held = erasure.hold(ledger, "alice", "court order", ANN)
    asked = erasure.request(ledger, "alice", "why", ANN)
    with pytest.raises(RetainedError) as refused:
        erasure.approve(ledger, asked, BOB)
    assert refused.value.until is None
    with pytest.raises(LedgerError, match="cannot lift"):
        erasure.lift(ledger, held, "over", ANN)
    erasure.lift(ledger, held, "over", BOB)
    erasure.approve(ledger, asked, BOB)


def test_a_hold_on_one_person_does_not_keep_another(ledger):
    erasure.hold(ledger, "carol", "court order", ANN)
    erasure.approve(ledger, erasure.request(ledger, "alice", "why", ANN), BOB)


def test_a_request_is_carried_out_once(ledger):
    asked = erasure.request(ledger, "alice", "why", ANN)
    erasure.approve(ledger, asked, BOB)
    with pytest.raises(LedgerError, match="before"):
        erasure.approve(ledger, asked, BOB)


def test_nobody_approves_what_was_never_asked(ledger):
    with pytest.raises(NotRecordedError):
        erasure.approve(ledger, "nothing", BOB)


@pytest.mark.parametrize(("reason", "by"), [("", ANN), (" ", ANN), ("why", "")])
def test_who_and_why_must_be_given(ledger, reason, by):
    with pytest.raises(LedgerError, match="must be given"):
        erasure.request(ledger, "alice", reason, by)


def test_nothing_personal_is_readable_in_any_file_before_or_after(tmp_path, caplog):
    caplog.set_level("DEBUG")
    ledger = Ledger.open(settings(tmp_path))
    private = record(1, "alice-of-bern")
    private = type(private)(
        private.public,
        {"address": SECRET},
        private.subject_id,
        private.ruleset_digest,
        SECRET.encode(),
        SECRET.encode(),
    )
    ledger.append(private).result(10)
    sealed = ledger.reader.decision("d1").sealed
    keys = Ledger.open(settings(tmp_path))._opened.subjects  # noqa: SLF001 - the unwrapped key is looked for below
    pseudonym = ledger.pseudonym("alice-of-bern")
    keys.open(pseudonym, sealed)
    stored = keys._store.find([pseudonym])[pseudonym]  # noqa: SLF001

    def everything():
        return b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert stored.wrapped in everything()
    erasure.approve(ledger, erasure.request(ledger, "alice-of-bern", "asked", ANN), BOB)
    for _ in range(2):
        written = everything() + caplog.text.encode()
        for secret in (SECRET.encode(), b"Bahnhof", b"alice-of-bern", stored.wrapped):
            assert secret not in written
        ledger.close()
