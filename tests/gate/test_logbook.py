import asyncio
import json

import pytest

from compliance.gate import logbook as logbook_module
from compliance.gate.gate import Given
from compliance.gate.logbook import Stopped
from compliance.gate.shelf import Shelf
from compliance.gate.sitting import Asked
from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.errors import IdempotencyConflictError, LedgerError, LedgerForkedError
from compliance.ledger.proof import Receipt
from tests.gate.ledgers import logbook, transfer
from tests.gate.support import NOW, gate, retail, shipped


def give(kept, *asked):
    return asyncio.run(gate(recorder=kept).give(asked))


def test_an_answer_leaves_with_a_receipt_that_its_log_has_signed(tmp_path):
    with logbook(tmp_path) as kept:
        (found,) = give(kept, Asked(retail()))
        receipt = Receipt.of_text(json.loads(found.response)["receipt"])
        assert receipt.verify(kept.ledger.verifier).checkpoint.size == receipt.index + 1
        assert json.loads(receipt.entry)["public"]["id"] == found.answer.id


def test_the_rulebook_is_on_record_before_the_first_answer_by_it(tmp_path):
    with logbook(tmp_path) as kept:
        give(kept, Asked(retail()))
        kinds = [entry.kind for entry in kept.ledger.reader.entries()]
        assert kinds == ["log", "ruleset", "decision"]
        assert kept.library.book(shipped().rulebook.digest).rulebook.digest == shipped().rulebook.digest


def test_a_batch_is_recorded_in_order_and_what_cannot_be_read_is_not(tmp_path):
    with logbook(tmp_path) as kept:
        found = give(kept, Asked(retail()), Asked({}), Asked(retail("sell")))
        actions = [entry.public["action"] for entry in kept.ledger.reader.entries() if entry.kind == "decision"]
        assert [isinstance(each, Given) for each in found] == [True, False, True]
        assert actions == ["buy", "sell"]


def test_the_same_key_gives_the_same_bytes(tmp_path):
    with logbook(tmp_path) as kept:
        asked = Asked(retail(), key=IdempotencyKey("anybody", "k"))
        (first,), (second,) = give(kept, asked), give(kept, asked)
        assert first.response == second.response
        assert second.answer is None


def test_a_key_that_was_used_for_something_else_is_refused(tmp_path):
    with logbook(tmp_path) as kept:
        key = IdempotencyKey("anybody", "k")
        give(kept, Asked(retail(), key=key))
        with pytest.raises(IdempotencyConflictError):
            give(kept, Asked(retail("sell"), key=key))


def test_a_transfer_is_recorded_as_two_decisions_in_one_transaction(tmp_path):
    with logbook(tmp_path) as kept:
        (found,) = give(kept, Asked(transfer(residence="US")))
        first, second = [entry for entry in kept.ledger.reader.entries() if entry.kind == "decision"]
        assert (first.public["action"], second.public["action"]) == ("transfer", "receive")
        assert (second.public["beside"], second.public["outcome"]) == (found.answer.id, "deny")
        assert first.document["subject"] != second.document["subject"]
        assert first.recorded_at == second.recorded_at


def test_a_ledger_that_cannot_be_opened_answers_nobody():
    stopped = Stopped(LedgerForkedError("the database was restored"))
    assert stopped.trouble == "the database was restored"
    with pytest.raises(LedgerForkedError):
        give(stopped, Asked(retail()))


def test_a_rulebook_whose_digest_is_taken_by_another_is_not_answered_by(tmp_path):
    with logbook(tmp_path) as kept:
        kept.ledger.keep_ruleset(shipped().rulebook.digest, b"another")
    with logbook(tmp_path) as kept:
        with pytest.raises(LedgerError, match="another source"):
            give(kept, Asked(retail()))
        assert not [entry for entry in kept.ledger.reader.entries() if entry.kind == "decision"]


def test_an_answer_of_the_shipped_rulebook_is_sealed_in_a_third_of_its_bytes_and_comes_back_whole(tmp_path):
    with logbook(tmp_path) as kept:
        kept.learn(Shelf(shipped(), NOW).current)
        (found,) = give(kept, Asked(retail()))
        entry = kept.ledger.reader.decision(found.answer.id)
        personal = kept.ledger.reader.personal(entry)
        assert json.loads(personal.response)["id"] == found.answer.id
        assert 3 * len(entry.sealed) < len(personal.frame())


def test_a_rulebook_whose_cases_teach_nothing_is_answered_by_all_the_same(tmp_path, monkeypatch):
    def failing(_):
        raise ValueError

    monkeypatch.setattr(logbook_module, "samples", failing)
    with logbook(tmp_path) as kept:
        kept.learn(Shelf(shipped(), NOW).current)
        give(kept, Asked(retail()))
        assert [entry.kind for entry in kept.ledger.reader.entries()] == ["log", "ruleset", "decision"]
