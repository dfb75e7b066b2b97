"""What was measured, as one table for people and one file for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.fleet import Member
from benchmarks.trial import NOT_TRIED
from benchmarks.workload import SEED, Workload


def processor() -> str:
    """Name the processor, as far as the system says."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def conditions(workload: Workload) -> dict[str, Any]:
    """Say where, when and on what it was measured."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "seed": SEED,
        "rules": len(workload.rulebook.rules),
        "jurisdictions": len(workload.rulebook.jurisdictions),
        "requests": len(workload.requests),
    }


def rows_of(team: list[Member]) -> list[dict[str, Any]]:
    """Turn engines into rows, fastest first and those that failed last."""
    rows = [
        {
            "engine": member.adapter.name,
            "form": member.form,
            "note": member.adapter.note,
            "package": member.adapter.package,
            **member.found,
            "failure": member.failure,
        }
        for member in team
    ]
    return sorted(rows, key=lambda row: (row["failure"] is not None, row.get("ratio", 0.0)))


def number(value: float | None, digits: int = 1) -> str:
    """Write a figure, or a dash."""
    return "-" if value is None else f"{value:,.{digits}f}"


def partial_text(row: dict[str, Any]) -> str:
    """Say how partial requests went."""
    if "partial_checked" not in row:
        return "cannot"
    share = 100 * row["partial_same"] / row["partial_checked"]
    unsafe = f", {row['partial_unsafe']} unsafe" if row["partial_unsafe"] else ""
    return f"{share:.0f} % same{unsafe}"


def main_table(rows: list[dict[str, Any]]) -> Table:
    """Lay out the comparison."""
    table = Table(title="One decision, single thread; ratio to hand-written Python in the same process")
    table.add_column("engine")
    table.add_column("version")
    for heading in ("ratio", "p50 us", "p99 us", "partial p50", "load s", "memory MB", "proved"):
        table.add_column(heading, justify="right")
    table.add_column("partial requests")
    for row in rows:
        name = f"{row['engine']} {row['form']}"
        if row["failure"] is not None:
            table.add_row(name, row.get("version", ""), *["-"] * 7, f"[red]{row['failure']}[/red]")
            continue
        table.add_row(
            name,
            row["version"],
            number(row["ratio"], 2),
            number(row["p50_us"], 2),
            number(row["p99_us"], 2),
            number(row.get("partial_p50_us"), 2),
            number(row["load_s"], 2),
            number(row["memory_mb"]),
            f"{row['checked']:,}",
            partial_text(row),
        )
    return table


def kinds_table(rows: list[dict[str, Any]]) -> Table:
    """Lay out the engines that decide partial requests, by kind of request."""
    table = Table(title="Ratio to hand-written Python on complete requests, by kind of request")
    table.add_column("engine", no_wrap=True)
    prefixes = {"complete": "", "15 % partial": "mixed_", "only partial": "partial_", "home unknown": "homeless_"}
    for heading in prefixes:
        table.add_column(heading, justify="right")
    table.add_column("proved partial, home unknown", justify="right")
    for row in rows:
        if "partial_ratio" in row:
            ratios = [number(row.get(prefix + "ratio"), 2) for prefix in prefixes.values()]
            proved = f"{row['partial_checked']:,}, {row.get('homeless_checked', 0):,}"
            table.add_row(f"{row['engine']} {row['form']}", *ratios, proved)
    return table


def growth_table(rows: list[dict[str, Any]], title: str, write: Callable[[dict[str, Any]], str]) -> Table:
    """Lay out one figure by size, one line for each engine and form."""
    sizes = list(dict.fromkeys((row["series"], row["rules"], row["jurisdictions"]) for row in rows))
    table = Table(title=title)
    table.add_column("engine", no_wrap=True)
    for series, rules, places in sizes:
        table.add_column(f"{series}\n{rules:,} rules\n{places} places", justify="right")
    cells: dict[str, list[str]] = {}
    for row in rows:
        cell = write(row) if row["failure"] is None else "-" if row["failure"] == NOT_TRIED else "failed"
        cells.setdefault(f"{row['engine']} {row['form']}", []).append(cell)
    for name, texts in cells.items():
        table.add_row(name, *texts)
    return table


def failures(rows: list[dict[str, Any]]) -> list[str]:
    """Say what failed as rulebooks grew, and why."""
    return [
        f"{row['engine']} {row['form']}, {row['series']} {row['rules']:,} rules: {row['failure']}"
        for row in rows
        if row["failure"] not in {None, NOT_TRIED}
    ]


def show(console: Console, result: dict[str, Any]) -> None:
    """Print everything."""
    about = result["conditions"]
    console.print(
        f"{about['rules']} rules, {about['jurisdictions']} jurisdictions, {about['requests']:,} requests, "
        f"seed {about['seed']}; {about['processor']}, {about['cores']} cores, Python {about['python']}"
    )
    console.print(main_table(result["engines"]))
    if any("partial_ratio" in row for row in result["engines"]):
        console.print(kinds_table(result["engines"]))
    if result["growth"]:
        rows = result["growth"]
        console.print(growth_table(rows, "Growth: p50 in us", lambda row: number(row["p50_us"])))
        console.print(
            growth_table(
                rows,
                "Growth: load in s / memory in MB",
                lambda row: f"{number(row['load_s'], 2)} / {number(row['memory_mb'], 0)}",
            )
        )
        for line in failures(rows):
            console.print(line)


def save(result: dict[str, Any], path: Path) -> None:
    """Write the figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")
