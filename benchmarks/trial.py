"""The measurements: prove, time in interleaved rounds, and grow; from engines and workloads to plain figures."""

from __future__ import annotations

import pickle
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fleet import Member, members
from benchmarks.workload import Size, Workload, make_workload

Tick = Callable[[str], None]
"""Told of each step as it starts, for progress bars."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure."""

    rounds: int
    seconds: float
    """How long one engine is timed in one round."""
    proof_seconds: float
    requests: int
    growth: tuple[tuple[str, Size], ...]
    load_timeout: float = 60.0


def growth_points(*, quick: bool) -> tuple[tuple[str, Size], ...]:
    """List the growing rulebooks.

    `same`: more rules, but those that can matter for one request stay the same. `depth`: 60 places with more rules
    each, and more rules everywhere. `places`: more places with 3 or 4 rules each.
    """
    if quick:
        return ()
    same = [("same", Size(ballast=extra)) for extra in (50, 750, 2_750, 9_750)]
    depth = [("depth", Size(everywhere=16, jurisdictions=24))]
    depth += [("depth", Size(everywhere=n, added=added)) for n, added in ((48, 2.2), (160, 12.0), (480, 40.0))]
    places = [("places", Size(jurisdictions=n)) for n in (10, 60, 240)]
    return (*same, *depth, *places)


HOPELESS_US = 5_000.0
"""An engine that needs longer than this is not tried on the next larger rulebook."""
NOT_TRIED = "not tried: the size before failed or was too slow"
FULL = Plan(7, 0.4, 2.5, 10_000, growth_points(quick=False))
QUICK = Plan(3, 0.1, 0.5, 2_000, ())


@contextmanager
def stored(workload: Workload) -> Iterator[Path]:
    """Keep a workload in a file for as long as engines load it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workload.pickle"
        path.write_bytes(pickle.dumps(workload))
        yield path


def prove(member: Member, seconds: float) -> None:
    """Hold an engine to the plain definition; one that answers otherwise fails."""
    found = member.ask("agree", "complete", seconds, timeout=seconds * 3 + 60)
    if found is None:
        return
    member.found["checked"] = found["checked"]
    if found["wrong"]:
        member.fail(f"{found['wrong']} of {found['checked']} answers differ: {found['examples'][0]}")


def prove_partial(member: Member, seconds: float) -> None:
    """See how many partial requests get the same outcome, and whether any is wrongly allowed."""
    if not member.found.get("partial"):
        return
    for kind in ("partial", "homeless") if member.adapter.unknown_homes else ("partial",):
        found = member.ask("agree", kind, seconds, timeout=seconds * 3 + 60)
        if found is not None:
            member.found[f"{kind}_checked"] = found["checked"]
            member.found[f"{kind}_same"] = found["checked"] - found["wrong"]
            member.found[f"{kind}_unsafe"] = found["unsafe"]
            member.found[f"{kind}_examples"] = found["examples"]


def kinds_of(member: Member) -> tuple[str, ...]:
    """The kinds of requests that an engine is timed on."""
    if not member.found.get("partial"):
        return ("complete",)
    return ("complete", "mixed", "partial", "homeless") if member.adapter.unknown_homes else ("complete", "partial")


def time_rounds(team: list[Member], plan: Plan, tick: Tick) -> None:
    """Time all engines in turn, round after round, and put the figures into what is found of each."""
    rounds: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for turn in range(plan.rounds):
        for number, member in enumerate(team):
            tick(f"round {turn + 1} of {plan.rounds}: {member.title}")
            for kind in kinds_of(member):
                share = plan.seconds if kind == "complete" else plan.seconds / 2
                result = member.ask("measure", kind, turn, share, timeout=120.0)
                if result is not None:
                    rounds.setdefault((number, kind), []).append(result)
    for (number, kind), results in rounds.items():
        prefix = "" if kind == "complete" else f"{kind}_"
        team[number].found |= {prefix + key: value for key, value in figures(results).items()}


def figures(results: list[dict[str, Any]]) -> dict[str, float]:
    """Join rounds: the median of the ratios to the yardstick, percentiles of all decisions."""
    each = sorted(time for result in results for time in result["each_ns"])
    ratios = sorted(result["mean_ns"] / result["yardstick_ns"] for result in results)
    return {
        "ratio": statistics.median(ratios),
        "ratio_low": ratios[0],
        "ratio_high": ratios[-1],
        "mean_us": statistics.median(result["mean_ns"] for result in results) / 1e3,
        "p50_us": each[len(each) // 2] / 1e3,
        "p99_us": each[len(each) * 99 // 100] / 1e3,
        "timed": len(each),
    }


def start(team: list[Member], path: Path, plan: Plan, tick: Tick) -> None:
    """Start and prove every engine."""
    for member in team:
        tick(f"load and prove {member.title}")
        member.start(path, plan.load_timeout)
        prove(member, plan.proof_seconds)
        prove_partial(member, plan.proof_seconds)


def compare(names: list[str] | None, plan: Plan, workload: Workload, tick: Tick) -> list[Member]:
    """Run the comparison of all engines in all forms on one workload."""
    team = members(names)
    with stored(workload) as path:
        try:
            start(team, path, plan, tick)
            time_rounds(team, plan, tick)
        finally:
            for member in team:
                member.stop()
    return team


def grow(names: list[str] | None, plan: Plan, tick: Tick) -> list[dict[str, Any]]:
    """Run every engine on rulebooks of growing size, one at a time, each beside the yardstick."""
    rows: list[dict[str, Any]] = []
    hopeless: set[tuple[str, str]] = set()
    for series, size in plan.growth:
        workload = make_workload(size, count=400, homes=min(60, size.jurisdictions))
        places = len(workload.rulebook.jurisdictions)
        place = {"series": series, "rules": len(workload.rulebook.rules), "jurisdictions": places}
        with stored(workload) as path:
            for member in members(names, growing=True):
                tick(f"{series}, {place['rules']:,} rules: {member.title}")
                key = (series, member.title)
                if key in hopeless:
                    member.failure = NOT_TRIED
                else:
                    measure_once(member, path, plan)
                if member.failure is not None or member.found["p50_us"] > HOPELESS_US:
                    hopeless.add(key)
                kept = {k: member.found[k] for k in KEPT if k in member.found}
                rows.append(
                    {**place, "engine": member.adapter.name, "form": member.form, **kept, "failure": member.failure}
                )
    return rows


KEPT = ("p50_us", "p99_us", "mean_us", "ratio", "load_s", "memory_mb", "checked")


def measure_once(member: Member, path: Path, plan: Plan) -> None:
    """Load, prove and time one engine alone."""
    try:
        member.start(path, plan.load_timeout / 2)
        prove(member, plan.proof_seconds / 8)
        results = [member.ask("measure", "complete", turn, plan.seconds / 4, timeout=60.0) for turn in range(3)]
        if all(result is not None for result in results):
            member.found |= figures(results)
    finally:
        member.stop()
