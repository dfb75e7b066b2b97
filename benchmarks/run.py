"""Run the comparison: `python benchmarks/run.py [--quick] [--engines a,b] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [str(ROOT), *(path for path in sys.path if Path(path or ".").resolve() != ROOT / "benchmarks")]

from rich.console import Console  # noqa: E402 - the folder above has to be found first
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: E402

from benchmarks import picture, report, trial  # noqa: E402
from benchmarks.fleet import members  # noqa: E402
from benchmarks.workload import make_workload  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results"


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure rule engines side by side on one seeded workload.")
    parser.add_argument("--engines", help="names to run, with commas between; all without it")
    parser.add_argument("--quick", action="store_true", help="fewer requests and rounds, no growth; about a minute")
    parser.add_argument("--no-growth", action="store_true", help="leave out the growing rulebooks")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, and nothing else")
    parser.add_argument("--out", type=Path, help="folder for latest.json and latest.svg; benchmarks/results without it")
    return parser.parse_args(words)


def measure(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Measure with progress bars."""
    names = options.engines.split(",") if options.engines else None
    plan = trial.QUICK if options.quick else trial.FULL
    growth = () if options.no_growth else plan.growth
    steps = len(members(names)) * (plan.rounds + 1) + len(members(names, growing=True)) * len(growth) + 1
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("make requests", total=steps)

        def tick(what: str) -> None:
            progress.update(task, advance=1, description=what)

        workload = make_workload(count=plan.requests, unknown_homes=plan.requests // 20)
        team = trial.compare(names, plan, workload, tick)
        rows = trial.grow(names, plan, tick) if growth else []
    return {"conditions": report.conditions(workload), "engines": report.rows_of(team), "growth": rows}


def main(words: list[str] | None = None) -> int:
    """Measure, print, write."""
    options = arguments(words)
    console = Console(stderr=options.json)
    if not console.is_terminal:
        console = Console(stderr=options.json, width=180)
    started = time.perf_counter()
    result = measure(options, console)
    result["conditions"]["seconds"] = round(time.perf_counter() - started)
    folder = options.out or RESULTS
    report.save(result, folder / "latest.json")
    if any(row["failure"] is None for row in result["engines"]):
        (folder / "latest.svg").write_text(picture.draw(result))
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        report.show(console, result)
        console.print(f"{result['conditions']['seconds']} s; figures and picture are in {folder}")
    wrong = [row for row in result["engines"] if "answers differ" in (row["failure"] or "")]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
