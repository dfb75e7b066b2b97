from __future__ import annotations

import asyncio
import json
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as sized
from hypothesis import strategies as st
from msgspec import structs

from compliance.ledger import merkle
from compliance.ledger.canonical import CanonicalError
from compliance.ledger.checkpoint import verified
from compliance.ledger.entry import IdempotencyKey
from compliance.ledger.errors import (
    EntryTooLargeError,
    ErasedError,
    IdempotencyConflictError,
    LedgerClosedError,
    LedgerError,
    NotRecordedError,
)
from compliance.ledger.ledger import Ledger
from compliance.ledger.proof import Receipt
from tests.ledger.support import Clock, record, samples, settings

KEY = IdempotencyKey("client", "order-1")


def test_an_answer_comes_with_a_receipt_that_anybody_can_verify(ledger):
    recorded = ledger.append(record(7)).result(10)
    assert recorded.response == record(7).response
    assert not recorded.replayed
    receipt = Receipt.of_text(recorded.receipt)
    witnessed = receipt.verify(ledger.verifier)
    assert receipt.index == recorded.index == 1
    assert witnessed.checkpoint.size == 2
    assert json.loads(receipt.entry)["public"]["id"] == "d7"


def test_the_first_entry_states_origin_and_key(ledger):
    entry = ledger.reader.entry(0)
    assert entry.kind == "log"
    assert entry.public == {"origin": "example.com/log", "vkey": ledger.verifier.vkey()}


def test_many_at_once_each_get_their_own_answer(ledger):
    async def all_of_them():
        return await asyncio.gather(*(ledger.record(record(number, f"s{number % 7}")) for number in range(300)))

    answers = asyncio.run(all_of_them())
    assert sorted(answer.index for answer in answers) == list(range(1, 301))
    for number, answer in enumerate(answers):
        assert answer.response == record(number).response
        Receipt.of_text(answer.receipt).verify(ledger.verifier)
        assert json.loads(answer.entry)["public"]["id"] == f"d{number}"
    assert ledger.figures.groups < 300


def test_the_same_idempotency_key_gives_the_same_bytes(ledger):
    first = ledger.append(record(1), KEY).result(10)
    for other in range(5):
        ledger.append(record(100 + other)).result(10)
    again = ledger.append(structs.replace(record(1), response=b"another answer"), KEY).result(10)
    assert again.replayed
    assert (again.response, again.receipt) == (first.response, first.receipt)
    assert ledger.reader.size() == 7


def test_the_same_key_twice_in_one_group_is_recorded_once(tmp_path, url):
    ledger = Ledger.open(settings(tmp_path, url, group_delay=0.3))
    futures = [ledger.append(structs.replace(record(1), response=b"%d" % number), KEY) for number in range(4)]
    answers = [future.result(10) for future in futures]
    assert ledger.figures.groups == 1
    assert {answer.response for answer in answers} == {b"0"}
    assert {answer.receipt for answer in answers} == {answers[0].receipt}
    assert [answer.replayed for answer in answers] == [False, True, True, True]
    assert ledger.reader.size() == 2
    ledger.close()


def test_a_different_request_under_the_same_key_is_a_conflict(ledger):
    ledger.append(record(1), KEY).result(10)
    with pytest.raises(IdempotencyConflictError):
        ledger.append(record(2), KEY).result(10)
    ledger.append(record(2), IdempotencyKey("another client", "order-1")).result(10)
    assert ledger.reader.size() == 3


def test_an_idempotency_key_survives_a_restart(tmp_path, url):
    first = Ledger.open(settings(tmp_path, url))
    answer = first.append(record(1), KEY).result(10)
    first.close()
    second = Ledger.open(settings(tmp_path, url))
    again = second.append(record(1), KEY).result(10)
    assert (again.response, again.receipt, again.replayed) == (answer.response, answer.receipt, True)
    with pytest.raises(IdempotencyConflictError):
        second.append(record(2), KEY).result(10)
    second.close()


def test_an_idempotency_key_is_forgotten_after_a_day(tmp_path, url):
    clock = Clock()
    ledger = Ledger.open(settings(tmp_path, url, clock=clock))
    ledger.append(record(1), KEY).result(10)
    clock.move(hours=23, minutes=59)
    assert ledger.append(record(1), KEY).result(10).replayed
    clock.move(minutes=1)
    assert not ledger.append(record(1), KEY).result(10).replayed
    ledger.close()


def test_two_nodes_share_one_log_and_its_idempotency_keys(tmp_path, url):
    nodes = [Ledger.open(settings(tmp_path, url)) for _ in range(2)]
    indexes = []
    for number in range(20):
        name = IdempotencyKey("c", str(number // 2))
        recorded = nodes[number % 2].append(record(number // 2), name).result(10)
        indexes.append(recorded.index)
    assert indexes == [index for index in range(1, 11) for _ in range(2)]
    assert nodes[0].reader.size() == nodes[1].reader.size() == 11
    for node in nodes:
        with pytest.raises(IdempotencyConflictError):
            node.append(record(99), IdempotencyKey("c", "0")).result(10)
    for node in nodes:
        node.close()


def test_the_personal_part_is_read_back_and_the_public_part_shows_none_of_it(ledger):
    recorded = ledger.append(record(7)).result(10)
    entry = ledger.reader.decision("d7")
    assert entry.index == recorded.index
    assert ledger.reader.personal(entry).facts == {"subject.residence": "CH", "number": 7}
    assert ledger.reader.personal(entry).response == record(7).response
    assert b"residence" not in entry.body
    assert b"alice" not in entry.body


def test_an_erased_persons_records_keep_their_proofs_and_lose_their_facts(ledger):
    recorded = ledger.append(record(7)).result(10)
    other = ledger.append(record(8, "bob")).result(10)
    erasure = structs.replace(record(0, None), kind="erasure", public={"subject": ledger.pseudonym("alice")})
    ledger.append(erasure, erases=ledger.pseudonym("alice")).result(10)
    with pytest.raises(ErasedError):
        ledger.reader.personal(ledger.reader.decision("d7"))
    assert ledger.reader.personal(ledger.reader.decision("d8")).facts["number"] == 8
    assert ledger.reader.decision("d7").public["outcome"] == "allow"
    for index in (recorded.index, other.index):
        ledger.reader.receipt(index, ledger.checkpoint).verify(ledger.verifier)
    Receipt.of_text(recorded.receipt).verify(ledger.verifier)


def test_a_person_who_is_erased_and_comes_back_is_recorded_anew(ledger):
    ledger.append(record(1)).result(10)
    ledger.append(structs.replace(record(0, None), kind="erasure"), erases=ledger.pseudonym("alice")).result(10)
    ledger.append(record(2)).result(10)
    assert ledger.reader.personal(ledger.reader.decision("d2")).facts["number"] == 2
    with pytest.raises(ErasedError):
        ledger.reader.personal(ledger.reader.decision("d1"))


def test_an_erasure_on_one_node_reaches_the_other(tmp_path, url):
    first, second = (Ledger.open(settings(tmp_path, url)) for _ in range(2))
    first.append(record(1)).result(10)
    second.append(record(2)).result(10)
    second.append(structs.replace(record(0, None), kind="erasure"), erases=first.pseudonym("alice")).result(10)
    with pytest.raises(ErasedError):
        first.reader.personal(first.reader.decision("d1"))
    first.append(record(3)).result(10)
    assert second.reader.personal(second.reader.decision("d3")).facts["number"] == 3
    first.close()
    second.close()


def test_a_record_that_cannot_be_written_fails_alone(tmp_path):
    ledger = Ledger.open(settings(tmp_path, group_delay=0.2))
    bad = ledger.append(structs.replace(record(1), public={"share": 0.5}))
    large = ledger.append(structs.replace(record(2), public={"x": "y" * 70_000}))
    good = ledger.append(record(3))
    assert good.result(10).index == 1
    with pytest.raises(CanonicalError):
        bad.result(10)
    with pytest.raises(EntryTooLargeError):
        large.result(10)
    ledger.close()


def test_log_time_never_goes_backwards(tmp_path, url):
    clock = Clock()
    ledger = Ledger.open(settings(tmp_path, url, clock=clock))
    for step in (0, -3600, 7200, -10, 1):
        clock.move(seconds=step)
        ledger.append(record(step)).result(10)
    times = [entry.recorded_at for entry in ledger.reader.entries()]
    assert times == sorted(times)
    assert [entry.document["recorded_at"] for entry in ledger.reader.entries()] == sorted(
        entry.document["recorded_at"] for entry in ledger.reader.entries()
    )
    ledger.close()


def test_the_newest_checkpoint_is_kept_in_a_file(tmp_path, url):
    ledger = Ledger.open(settings(tmp_path, url))
    for number in range(3):
        recorded = ledger.append(record(number)).result(10)
        kept = (tmp_path / "keys" / "checkpoint").read_text()
        assert kept == recorded.checkpoint == ledger.checkpoint
        assert verified(kept, ledger.verifier).checkpoint.size == number + 2
    ledger.close()


def test_secrets_are_made_on_first_start_for_their_owner_only(tmp_path):
    Ledger.open(settings(tmp_path)).close()
    for name in ("signing.key", "master.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600


def test_old_receipts_are_connected_to_the_present_by_consistency_proofs(ledger):
    old = verified(ledger.append(record(1)).result(10).checkpoint, ledger.verifier).checkpoint
    for number in range(2, 300):
        ledger.append(record(number))
    new = verified(ledger.append(record(300)).result(10).checkpoint, ledger.verifier).checkpoint
    proof = ledger.reader.consistency(old.size, new.size)
    merkle.verify_consistency(old.size, new.size, proof, old.root, new.root)


def test_a_closed_ledger_records_nothing(tmp_path):
    ledger = Ledger.open(settings(tmp_path))
    waiting = ledger.append(record(1))
    ledger.close()
    assert waiting.result(0).index == 1
    with pytest.raises(LedgerClosedError):
        ledger.append(record(2))


def test_another_origin_or_another_key_does_not_open_the_log(tmp_path, url):
    Ledger.open(settings(tmp_path, url)).close()
    with pytest.raises(LedgerError, match="holds the log"):
        Ledger.open(replace(settings(tmp_path, url), origin="example.com/other", folder=tmp_path / "elsewhere"))
    with pytest.raises(LedgerError, match="another key"):
        Ledger.open(replace(settings(tmp_path, url), folder=tmp_path / "elsewhere"))


def test_a_ruleset_is_stored_once_by_its_digest(ledger):
    ledger.keep_ruleset("sha256:aa", b"source")
    ledger.keep_ruleset("sha256:aa", b"source")
    assert ledger.ruleset("sha256:aa") == b"source"
    with pytest.raises(NotRecordedError):
        ledger.ruleset("sha256:bb")


def test_another_source_under_the_same_digest_is_refused(tmp_path, url):
    first, second = (Ledger.open(settings(tmp_path, url)) for _ in range(2))
    first.keep_ruleset("sha256:aa", b"source")
    with pytest.raises(LedgerError, match="another source"):
        second.keep_ruleset("sha256:aa", b"other")
    first.close()
    second.close()


@sized(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_whatever_the_sizes_of_groups_the_tree_is_that_of_the_stored_entries(tmp_path_factory, sizes):
    ledger = Ledger.open(settings(tmp_path_factory.mktemp("log")))
    number = 0
    for size in sizes:
        futures = [ledger.append(record(number + offset)) for offset in range(size)]
        number += size
        for future in futures:
            receipt = Receipt.of_text(future.result(10).receipt)
            assert receipt.verify(ledger.verifier).checkpoint.size <= number + 1
    leaves = [merkle.leaf_hash(entry.body) for entry in ledger.reader.entries()]
    stated = verified(ledger.checkpoint, ledger.verifier).checkpoint
    assert stated.size == len(leaves) == number + 1
    assert stated.root == merkle.root(len(leaves), merkle.reader_of(leaves))
    ledger.close()


def test_two_nodes_that_keep_the_same_rulebooks_at_once_both_do(tmp_path, url):
    nodes = [Ledger.open(settings(tmp_path, url)) for _ in range(2)]
    together = threading.Barrier(2)

    def keep(node):
        for number in range(12):
            together.wait(30)
            node.keep_ruleset(f"sha256:{number}", b"source of %d" % number)
        return node.ruleset("sha256:11")

    with ThreadPoolExecutor() as threads:
        assert list(threads.map(keep, nodes)) == [b"source of 11"] * 2
    for node in nodes:
        node.close()


def test_what_one_turn_of_a_loop_records_shares_a_transaction(sqlite_ledger):
    async def one_turn():
        return await asyncio.gather(*[sqlite_ledger.record(record(number)) for number in range(20)])

    before = sqlite_ledger.figures.groups
    indexes = [found.index for found in asyncio.run(one_turn())]
    assert indexes == list(range(indexes[0], indexes[0] + 20))
    assert sqlite_ledger.figures.groups == before + 1


def test_what_is_packed_is_read_after_a_restart_and_is_learned_once_in_the_life_of_a_log(tmp_path, url):
    opened = Ledger.open(settings(tmp_path, url))
    plain = opened.append(record(1)).result(10).index
    opened.pack_by("sha256:r", samples)
    packed = opened.append(record(2)).result(10).index
    opened.close()
    again = Ledger.open(settings(tmp_path, url))
    assert [again.reader.personal(again.reader.entry(index)).facts["number"] for index in (plain, packed)] == [1, 2]
    again.pack_by("sha256:r", lambda: pytest.fail("the samples are asked for again"))
    last = again.append(record(3)).result(10).index
    versions = [again.reader.entry(index).sealed[:1] for index in (plain, packed, last)]
    assert versions == [b"\x01", b"\x02", b"\x02"]
    kinds = [entry.kind for entry in again.reader.entries()]
    assert kinds == ["log", "decision", "dictionary", "decision", "decision"]
    assert again.verify().problems == []
    again.close()


def test_where_there_is_too_little_to_learn_from_records_are_sealed_as_they_are(sqlite_ledger):
    sqlite_ledger.pack_by("sha256:r", list)
    index = sqlite_ledger.append(record(1)).result(10).index
    assert sqlite_ledger.reader.entry(index).sealed[:1] == b"\x01"
    assert index == 1


def test_the_same_key_is_answered_with_the_same_bytes_when_they_were_packed(sqlite_ledger):
    sqlite_ledger.pack_by("sha256:r", samples)
    first, second = (sqlite_ledger.append(record(1), KEY).result(10) for _ in range(2))
    assert (second.response, second.index, second.replayed) == (first.response, first.index, True)
