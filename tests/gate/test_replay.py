import asyncio
import json

import pytest

from compliance.engine.cases import run_cases
from compliance.gate.forms import PLAIN, AuthZEN
from compliance.gate.replay import Replayer
from compliance.gate.sitting import Asked
from compliance.ledger import erasure
from compliance.ledger.errors import ErasedError, NotRecordedError
from tests.gate.ledgers import logbook, transfer
from tests.gate.support import gate, reader, retail, shipped, tiny

BODIES = [
    retail(),
    retail(residence="US"),
    retail(without=["tax_residences", "green_card"]),
    retail("redeem"),
    {**retail(), "as_of": "2030-01-01T00:00:00Z"},
    transfer(),
    transfer(None, residence="US"),
]


def replayed(kept, asked, book=None):
    asyncio.run(gate(book, recorder=kept).give([asked]))
    entry = [
        entry for entry in kept.ledger.reader.entries() if entry.kind == "decision" and "beside" not in entry.public
    ]
    return Replayer(kept.ledger.reader, kept.library).replay(entry[-1])


@pytest.mark.parametrize("form", [PLAIN, AuthZEN(), AuthZEN(frozenset({"show-prospectus"}))])
def test_every_kind_of_answer_is_replayed_to_the_same_bytes(tmp_path, form):
    with logbook(tmp_path) as kept:
        for body in BODIES:
            found = replayed(kept, Asked(body, form=form))
            assert found.same, found.differences()


def test_it_does_not_matter_which_rulebook_answers_now(tmp_path):
    with logbook(tmp_path) as kept:
        assert replayed(kept, Asked(reader()), tiny()).same
        assert replayed(kept, Asked(retail()), shipped()).same


def test_what_the_record_says_is_compared_and_not_only_the_outcome(tmp_path):
    with logbook(tmp_path) as kept:
        found = replayed(kept, Asked(retail()))
        other = json.loads(found.recorded)
        other["grounds"][0]["says"] = "something else"
        changed = type(found)(found.entry, json.dumps(other).encode(), found.replayed)
        assert not changed.same
        assert changed.differences() == ["/grounds/0/says"]


def test_an_erased_person_is_not_replayed(tmp_path):
    with logbook(tmp_path) as kept:
        replayed(kept, Asked(retail()))
        erasure.approve(kept.ledger, erasure.request(kept.ledger, "customer-1", "asked for", "ann"), "bob")
        entry = next(entry for entry in kept.ledger.reader.entries() if entry.kind == "decision")
        with pytest.raises(ErasedError):
            Replayer(kept.ledger.reader, kept.library).replay(entry)


def test_only_answers_are_replayed(tmp_path):
    with logbook(tmp_path) as kept:
        replayed(kept, Asked(transfer()))
        replayer = Replayer(kept.ledger.reader, kept.library)
        others = [
            entry for entry in kept.ledger.reader.entries() if entry.kind != "decision" or "beside" in entry.public
        ]
        assert len(others) == 3
        for entry in others:
            with pytest.raises(NotRecordedError):
                replayer.replay(entry)


def test_a_kept_rulebook_still_does_what_its_cases_say(tmp_path):
    with logbook(tmp_path) as kept:
        kept.keep(shipped().rulebook)
        assert run_cases(kept.library.book(shipped().rulebook.digest)) == []
