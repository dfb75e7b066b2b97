"""One process that holds one engine beside the yardstick, proves it and measures it on command.

A process for each engine keeps a crash, a leak or a background thread of one away from all others; the yardstick
in the same process, measured right before and after, cancels the machine's mood.
"""

from __future__ import annotations

import gc
import importlib
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.engines import Adapter, handwritten
from benchmarks.model import Engine, Request
from benchmarks.workload import Workload

KINDS: dict[str, Callable[[Request], bool]] = {
    "complete": lambda request: request.complete,
    "partial": lambda request: not request.complete and request.home is not None,
    "mixed": lambda request: request.home is not None,
    "homeless": lambda request: request.home is None,
}
NOTHING = Engine(lambda _: None, lambda _: ("", []))
"""Stands where no engine is loaded yet."""
STRETCH = 1_000
"""How many requests one round times; more would measure how fast memory is."""
LEAST = 200
"""How many the yardstick decides beside a slow engine."""
SLOW = 100_000
"""Nanoseconds from which decisions are timed only one by one."""
PAGE_MB = 4096 / 1_048_576


def resident_mb() -> float:
    """Memory of this process in MiB; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_MB
    except OSError:
        return 0.0


@dataclass(slots=True)
class Bench:
    """What one process holds."""

    workload: Workload
    adapter: Adapter
    form: str
    engine: Engine = NOTHING
    yardstick: Engine = NOTHING
    natives: dict[str, list[Any]] = field(default_factory=dict)
    yard_natives: list[Any] = field(default_factory=list)

    def load(self) -> dict[str, Any]:
        """Load the yardstick, then the engine with its memory and time; what an import costs is not load time."""
        self.yardstick = handwritten.load(self.workload.rulebook, "sliced")
        self.yard_natives = [self.yardstick.prepare(r) for r in self.workload.requests if r.complete]
        gc.collect()
        gc.freeze()
        before = resident_mb()
        version = metadata.version(self.adapter.package) if self.adapter.package else ""
        module = importlib.import_module(f"benchmarks.engines.{self.adapter.module}")
        started = time.perf_counter()
        self.engine = module.load(self.workload.rulebook, self.form)
        seconds = time.perf_counter() - started
        gc.collect()
        return {
            "version": version,
            "load_s": seconds,
            "memory_mb": resident_mb() - before,
            "partial": self.engine.partial is not None,
        }

    def decider(self, kind: str) -> Callable[[Any], Any]:
        """What decides requests of a kind."""
        return self.engine.decide if kind == "complete" or self.engine.partial is None else self.engine.partial

    def prepared(self, kind: str) -> list[Any]:
        """The requests of a kind in the engine's form."""
        if kind not in self.natives:
            chosen = [request for request in self.workload.requests if KINDS[kind](request)]
            self.natives[kind] = [self.engine.prepare(request) for request in chosen]
        return self.natives[kind]

    def agree(self, kind: str, seconds: float) -> dict[str, Any]:
        """Compare answers with the plain definition for at most so long; outcomes always, rules when complete."""
        wanted = [a for r, a in zip(self.workload.requests, self.workload.answers, strict=True) if KINDS[kind](r)]
        decide = self.decider(kind)
        checked = 0
        wrong: list[str] = []
        unsafe = 0
        stop = time.perf_counter() + seconds
        for native, (outcome, rules) in zip(self.prepared(kind), wanted, strict=True):
            got, grounds = self.engine.read(decide(native))
            checked += 1
            unsafe += got == "allow" and outcome != "allow"
            if got != outcome or (kind == "complete" and sorted(grounds) != sorted(rules)):
                wrong.append(f"wanted {outcome} {rules}, got {got} {list(grounds)}")
            if time.perf_counter() > stop:
                break
        return {"checked": checked, "wrong": len(wrong), "unsafe": unsafe, "examples": wrong[:3]}

    def measure(self, kind: str, turn: int, seconds: float) -> dict[str, Any]:
        """Time one round: yardstick and engine in turn on the next stretch of requests, for about so long."""
        decide, natives = self.decider(kind), self.prepared(kind)
        cost = pass_ns(decide, natives[:20])
        stretch = taken(natives, turn, max(20, min(STRETCH, int(seconds * 1e9 / cost))))
        beside = taken(self.yard_natives, turn, max(len(stretch), LEAST))
        own: list[float] = []
        yard: list[float] = []
        each: list[int] = []
        stop = time.perf_counter() + seconds
        while not own or (cost < SLOW and time.perf_counter() < stop):
            yard.append(warm_ns(self.yardstick.decide, beside))
            if cost < SLOW:
                own.append(warm_ns(decide, stretch))
                each = each_ns(decide, stretch)
            else:
                each = each_ns(decide, stretch)
                own.append(sum(each) / len(each))
            yard.append(warm_ns(self.yardstick.decide, beside))
        return {"mean_ns": min(own), "yardstick_ns": min(yard), "each_ns": each}


def taken(natives: list[Any], turn: int, size: int) -> list[Any]:
    """Take the stretch of requests for one round: the same ones for the yardstick and a fast engine."""
    return [natives[(turn * size + number) % len(natives)] for number in range(size)]


def warm_ns(decide: Callable[[Any], Any], natives: list[Any]) -> float:
    """Time a pass after another that fills the caches: a request that is decided was decoded just before."""
    pass_ns(decide, natives)
    return pass_ns(decide, natives)


def pass_ns(decide: Callable[[Any], Any], natives: list[Any]) -> float:
    """Time one pass without a clock between decisions; give nanoseconds of processor time a decision.

    What other processes take of the processor is not in it; what an engine does in other threads is.
    """
    clock = time.process_time_ns
    started = clock()
    for native in natives:
        decide(native)
    return (clock() - started) / len(natives)


def each_ns(decide: Callable[[Any], Any], natives: list[Any]) -> list[int]:
    """Time every decision by itself, less what the clock costs."""
    clock = time.perf_counter_ns
    costs = sorted(-clock() + clock() for _ in range(200))
    idle = costs[len(costs) // 2]
    times = []
    for native in natives:
        started = clock()
        decide(native)
        times.append(clock() - started - idle)
    return times


def serve(connection: Connection, path: str, adapter: Adapter, form: str) -> None:
    """Answer commands `(method, arguments)` until the other end closes."""
    bench = Bench(pickle.loads(Path(path).read_bytes()), adapter, form)  # noqa: S301 - written by the runner
    while True:
        try:
            method, arguments = connection.recv()
        except EOFError:
            return
        try:
            connection.send(("ok", getattr(bench, method)(*arguments)))
        except ImportError as problem:
            connection.send(("error", f"not installed: {problem}"[:300]))
        except Exception as problem:  # noqa: BLE001 - every failure of an engine is a result
            connection.send(("error", f"{type(problem).__name__}: {problem}"[:300]))
