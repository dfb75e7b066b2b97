"""What a decision costs, counted in bytecode instructions: the same on every machine, whatever else it is doing.

A trick that is lost, or a check that crept into the path of every order, shows here as a number. Time is measured by
`make bench`; work done in C (msgspec's reading, sets, dictionaries) shows only there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cache
from types import FrameType
from typing import Any

import pytest

from benchmarks.engines.ours import body, load_book
from benchmarks.model import Request
from benchmarks.workload import make_workload
from compliance.engine.book import BookAt
from compliance.engine.decoder import Surroundings

STATED: dict[tuple[int, int], dict[str, int]] = {
    (3, 11): {
        "read bytes": 514,
        "read parsed JSON": 370,
        "judge parsed JSON": 542,
        "decide complete": 192,
        "decide partial": 366,
        "decide without a home": 651,
        "answer a list": 539,
    },
    (3, 12): {
        "read bytes": 506,
        "read parsed JSON": 347,
        "judge parsed JSON": 513,
        "decide complete": 186,
        "decide partial": 358,
        "decide without a home": 648,
        "answer a list": 510,
    },
    (3, 13): {
        "read bytes": 499,
        "read parsed JSON": 338,
        "judge parsed JSON": 518,
        "decide complete": 198,
        "decide partial": 369,
        "decide without a home": 664,
        "answer a list": 511,
    },
}
"""Python version -> what is done -> instructions for one request, on average."""
TOLERANCE = 0.05
"""Sets of texts have another order in every process, and a test over one ends sooner or later."""
VERSION = sys.version_info[:2]


def instructions(work: Callable[[], object]) -> int:
    """How many bytecode instructions run while `work` does."""
    return _monitored(work) if sys.version_info >= (3, 12) else _traced(work)


def _traced(work: Callable[[], object]) -> int:
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def _monitored(work: Callable[[], object]) -> int:
    count = 0

    def one(*_: object) -> None:
        nonlocal count
        count += 1

    tool: Any = sys.monitoring  # type: ignore[attr-defined]  # since Python 3.12
    tool.use_tool_id(tool.OPTIMIZER_ID, "instructions")
    try:
        tool.register_callback(tool.OPTIMIZER_ID, tool.events.INSTRUCTION, one)
        tool.set_events(tool.OPTIMIZER_ID, tool.events.INSTRUCTION)
        work()
    finally:
        tool.set_events(tool.OPTIMIZER_ID, 0)
        tool.register_callback(tool.OPTIMIZER_ID, tool.events.INSTRUCTION, None)
        tool.free_tool_id(tool.OPTIMIZER_ID)
    return count


@cache
def venue() -> tuple[BookAt, tuple[Request, ...]]:
    """A book that never changes, unlike the shipped one, and requests for it; everything is compiled."""
    workload = make_workload(count=300, unknown_homes=20)
    book: BookAt = load_book(workload.rulebook)
    book.book.warm(book.instant)
    for _ in range(2):
        for request in workload.requests:
            book.verdict(book.request(body(request)))
    return book, workload.requests


def work(name: str) -> tuple[Callable[[], object], int]:
    """What to count, and for how many requests it is done."""
    book, requests = venue()
    wire, around = book.book.warm(book.instant), Surroundings(book.instant)
    wanted = {
        "decide complete": lambda request: request.complete,
        "decide partial": lambda request: not request.complete and request.home is not None,
        "decide without a home": lambda request: request.home is None,
    }
    chosen = [body(request) for request in requests if name not in wanted or wanted[name](request)]
    raw = [json.dumps(each).encode() for each in chosen]
    decoded = [book.request(each) for each in chosen]
    # Comprehensions cost one call for all: what is left is what one request costs.
    done: Callable[[], object] = {
        "read bytes": lambda: [wire.read(each, around) for each in raw],
        "read parsed JSON": lambda: [wire.read_tree(each, around) for each in chosen],
        "judge parsed JSON": lambda: [book.judge(each) for each in chosen],
        "answer a list": lambda: book.decide_many(chosen),
    }.get(name, lambda: [book.verdict(each) for each in decoded])
    return done, len(chosen)


@pytest.mark.parametrize("name", STATED[3, 11])
def test_a_request_costs_the_instructions_that_are_stated(name: str) -> None:
    done, count = work(name)
    done()
    found = round(instructions(done) / count)
    if VERSION not in STATED:
        pytest.skip(f"state `{name}: {found}` for Python {VERSION[0]}.{VERSION[1]} in {__file__}")
    stated = STATED[VERSION][name]
    assert abs(found - stated) <= TOLERANCE * stated, (
        f"`{name}` takes {found} instructions, {stated} are stated. If more is worth it, or it takes fewer now, "
        f"state {found} under STATED in tests/engine/test_instructions.py, and say why in the commit"
    )


def test_what_is_counted_is_what_runs():
    def loop(times: int) -> None:
        for _ in range(times):
            pass

    ten, twenty = (instructions(lambda times=times: loop(times)) for times in (10, 20))
    thirty = instructions(lambda: loop(30))
    assert thirty - twenty == twenty - ten > 0
