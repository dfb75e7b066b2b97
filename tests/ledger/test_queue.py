"""The hand-over between those who wait and the one who writes."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future
from typing import Any

import pytest

from compliance.ledger.errors import LedgerBusyError, LedgerClosedError
from compliance.ledger.queue import Draft, Queue
from tests.ledger.support import record


def draft(number: int = 0, erases: str | None = None) -> Draft[Any]:
    return Draft(record(number), None, Future(), erases=erases)


def filled(count):
    queue: Queue[Any] = Queue(100, 10**6)
    drafts = [draft(number) for number in range(count)]
    for one in drafts:
        queue.put(one)
    return queue, drafts


def test_a_group_is_what_waited_in_order_up_to_the_limit():
    queue, drafts = filled(5)
    assert queue.take(3, 0) == drafts[:3]
    assert queue.take(3, 0) == drafts[3:]


def test_what_arrives_after_a_group_was_taken_is_not_answered_with_it():
    queue, drafts = filled(2)
    group = queue.take(10, 0)
    late = draft(9)
    queue.put(late)
    queue.release(group, ["a", "b"])
    assert [one.waiting.result() for one in drafts] == ["a", "b"]
    assert not late.waiting.done()
    assert queue.take(10, 0) == [late]


def test_an_erasure_is_a_group_of_its_own():
    queue: Queue[Any] = Queue(100, 10**6)
    drafts = [draft(0), draft(1, "p"), draft(2, "q"), draft(3)]
    for one in drafts:
        queue.put(one)
    assert [queue.take(10, 0) for _ in range(4)] == [[one] for one in drafts]


def test_a_full_queue_refuses_and_takes_again_once_there_is_room():
    queue: Queue[Any] = Queue(2, 10**6)
    queue.put(draft())
    queue.put(draft())
    with pytest.raises(LedgerBusyError) as refused:
        queue.put(draft())
    assert refused.value.retry_after
    queue.take(1, 0)
    queue.put(draft())


def test_the_bytes_that_wait_are_bounded_too():
    cost = len(record(0).request) + len(record(0).response)
    queue: Queue[Any] = Queue(100, 2 * cost)
    queue.put(draft())
    queue.put(draft())
    with pytest.raises(LedgerBusyError):
        queue.put(draft())


def test_a_group_waits_for_company_no_longer_than_it_may():
    queue, _ = filled(1)
    started = time.monotonic()
    assert len(queue.take(10, 0.05)) == 1
    assert 0.04 < time.monotonic() - started < 1


def test_a_closed_queue_is_drained_and_then_empty():
    queue, drafts = filled(1)
    queue.close(LedgerClosedError("closed"))
    with pytest.raises(LedgerClosedError):
        queue.put(draft())
    assert queue.take(10, 0) == drafts
    assert queue.take(10, 0) == []


def test_outcomes_must_be_as_many_as_drafts():
    queue, drafts = filled(2)
    with pytest.raises(ValueError, match="zip"):
        queue.release(drafts, ["only one"])


def test_an_error_reaches_only_the_one_it_belongs_to():
    queue, drafts = filled(2)
    queue.release(drafts, [KeyError("x"), "fine"])
    with pytest.raises(KeyError):
        drafts[0].waiting.result()
    assert drafts[1].waiting.result() == "fine"


def test_who_gave_up_is_passed_over_and_a_closed_loop_hurts_nobody():
    loop = asyncio.new_event_loop()
    gone: Draft[Any] = Draft(record(1), None, loop.create_future(), loop)
    loop.close()
    waiting = draft()
    cancelled = draft()
    cancelled.waiting.cancel()
    Queue[Any](10, 10**6).release([gone, cancelled, waiting], ["a", "b", "c"])
    assert waiting.waiting.result() == "c"


def test_every_one_of_many_gets_its_own_outcome_while_more_arrive():
    queue: Queue[Any] = Queue(100_000, 10**9)
    stop = threading.Event()

    def write():
        while group := queue.take(7, 0):
            queue.release(group, [one.record.public["id"] for one in group])
            if stop.is_set() and not len(queue):
                return

    writer = threading.Thread(target=write)
    writer.start()

    async def ask(number):
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[Any] = loop.create_future()
        queue.put(Draft(record(number), None, waiting, loop))
        return await waiting == f"d{number}"

    async def many(start):
        answers = await asyncio.gather(*(ask(number) for number in range(start, start + 1500)))
        assert all(answers)

    threads = [threading.Thread(target=lambda n=n: asyncio.run(many(n * 10_000))) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    queue.close(LedgerClosedError("closed"))
    writer.join()


def test_what_an_answer_sets_off_is_in_the_next_group(monkeypatch):
    monkeypatch.setattr("compliance.ledger.queue._HELD", 60.0)
    queue: Queue[Any] = Queue(100, 10**6)
    groups = []

    def write():
        for _ in range(2):
            group = queue.take(10, 0)
            groups.append([one.record.public["id"] for one in group])
            if len(groups) == 1:  # comes while the first is written
                queue.put(draft(2))
            queue.release(group, groups[-1])

    async def ask(*numbers):
        loop = asyncio.get_running_loop()
        for number in numbers:
            waiting: asyncio.Future[Any] = loop.create_future()
            queue.put(Draft(record(number), None, waiting, loop))
            await waiting

    writer = threading.Thread(target=write)
    writer.start()
    asyncio.run(ask(1, 3))
    writer.join()
    assert groups == [["d1"], ["d2", "d3"]]


def test_a_loop_that_is_busy_does_not_keep_the_writer_waiting():
    queue: Queue[Any] = Queue(100, 10**6)
    loop = asyncio.new_event_loop()  # it never runs
    queue.release([Draft(record(1), None, loop.create_future(), loop)], ["a"])
    queue.put(draft(2))
    assert len(queue.take(10, 0)) == 1
    loop.close()


def test_the_writer_is_not_given_what_a_turn_still_adds_to_until_it_ends():
    queue: Queue[Any] = Queue(100, 10**6)
    drafts = [draft(number) for number in range(3)]
    taken: list[list[Draft[Any]]] = []
    writer = threading.Thread(target=lambda: taken.append(queue.take(10, 0)))
    writer.start()
    for one in drafts:
        queue.put(one, wake=False)
    writer.join(0.2)
    assert writer.is_alive()
    queue.wake()
    writer.join(10)
    assert taken == [drafts]


def test_what_does_not_fit_in_a_group_is_given_without_another_waking():
    queue: Queue[Any] = Queue(100, 10**6)
    drafts = [draft(0), draft(1, erases="p"), draft(2), draft(3)]
    for one in drafts:
        queue.put(one, wake=False)
    queue.wake()
    assert [queue.take(1, 0), queue.take(2, 0), queue.take(2, 0)] == [drafts[:1], drafts[1:2], drafts[2:]]
