import asyncio
import threading

import pytest

from compliance.gate.logbook import Stopped
from compliance.gate.opening import Opening
from compliance.gate.sitting import Asked
from compliance.ledger.errors import LedgerError, LedgerUnavailableError
from tests.gate.ledgers import logbook
from tests.gate.support import gate, retail

AWAY = LedgerUnavailableError("the database is away")


class Attempts:
    """Fails as it is told, one after the other, and then opens."""

    def __init__(self, recorder, *errors):
        self.recorder, self.errors, self.reasons = recorder, list(errors), []

    def __call__(self):
        if self.errors:
            raise self.errors.pop(0)
        return self.recorder


def handed_over(opening):
    """Start, and return what takes the place."""
    found, there = [], threading.Event()

    def then(recorder):
        found.append(recorder)
        there.set()

    opening.start(then)
    assert there.wait(30)
    return found[0]


def test_until_a_ledger_is_open_nobody_is_answered_and_why_is_said():
    opening = Opening(Attempts(None), AWAY)
    assert (opening.records, opening.trouble) == (True, None)
    assert asyncio.run(opening.unready()) == "the database is away"
    with pytest.raises(LedgerUnavailableError, match="is away"):
        asyncio.run(gate(recorder=opening).give([Asked(retail())]))


def test_it_is_tried_until_it_opens_whatever_stood_in_the_way(tmp_path):
    with logbook(tmp_path) as kept:
        attempts = Attempts(kept, AWAY, LedgerUnavailableError("another reason"), RuntimeError("key 0xdead"))
        opening = Opening(attempts, AWAY, every=0.01)
        assert handed_over(opening) is kept
        assert attempts.errors == []
        said = asyncio.run(opening.unready())
        assert said == "the ledger cannot be opened (RuntimeError)"
        opening.stop()


def test_a_ledger_that_is_another_one_is_not_waited_for():
    opening = Opening(Attempts(None, AWAY, LedgerError("it is another log")), AWAY, every=0.01)
    found = handed_over(opening)
    assert isinstance(found, Stopped)
    assert found.trouble == asyncio.run(found.unready()) == "it is another log"


def test_an_end_of_the_service_ends_the_attempts():
    attempts = Attempts(None, *[AWAY] * 10**6)
    opening = Opening(attempts, AWAY, every=0.001)
    opening.start(lambda _: pytest.fail("nothing was opened"))
    opening.stop()
    left = len(attempts.errors)
    assert left == len(attempts.errors) > 0
    Opening(attempts, AWAY).stop()  # one that was never started
