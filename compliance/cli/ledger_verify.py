"""Check a stored log against everything that was signed, and say where it is not as it was recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from compliance.cli.exits import Exit
from compliance.cli.ledger_options import FOLDER, DatabaseOption, LedgerOption, archive, ledger_errors, open_at
from compliance.cli.progress import progress
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from compliance.ledger.note import Verifier
    from compliance.ledger.report import LogReport, Report

LONGEST = 1_000_000
"""Bytes of a receipt or a checkpoint that are read."""


def verify(
    *,
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    receipt: Annotated[list[Path] | None, typer.Option(help="A receipt that the log must bear out.")] = None,
    checkpoint: Annotated[list[Path] | None, typer.Option(help="A signed checkpoint that was kept elsewhere.")] = None,
    key: Annotated[list[str] | None, typer.Option(metavar="KEY", help="The log's public key, as you know it.")] = None,
    witness_key: Annotated[list[str] | None, typer.Option(metavar="KEY", help="A witness's public key.")] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="NUMBER", help="Processes that examine a long log.", show_default="one for each processor"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Grow the tree again from the stored entries, and compare everything stored or signed with it.

    Exit codes: 0 all is as it was recorded, 1 something is not, 2 bad input, 70 nothing was verified.
    """
    from compliance.ledger.verify import verify as verified
    from compliance.ledger.verify_notes import Given

    given = Given(
        checkpoints={f"checkpoint {path}": text_in(path) for path in checkpoint or ()},
        receipts={f"receipt {path}": text_in(path) for path in receipt or ()},
        keys=_verifiers(key or (), "--key"),
        witnesses=_verifiers(witness_key or (), "--witness-key"),
    )
    again = partial(open_at, ledger, database)
    with archive(ledger, database) as opened, ledger_errors("the log was not verified"), progress("verifying") as told:
        report = verified(opened, given, digest_of=_digest_of(), progress=told, reopen=again, jobs=jobs)
    if as_json:
        print_json(_document(report))
    else:
        _print(report, console())
    if report.problems:
        raise typer.Exit(Exit.PROBLEMS)


def _digest_of() -> Any:
    from compliance.gate.library import kept_digest

    return kept_digest


def text_in(path: Path) -> str:
    """Return what is in a file that somebody brought, whatever it is."""
    try:
        with path.open("rb") as opened:
            content = opened.read(LONGEST + 1)
    except OSError as error:
        fail(f"`{path}` cannot be read: {(error.strerror or 'no reason given').lower()}")
    if len(content) > LONGEST:
        fail(f"`{path}` is too long to be a receipt or a checkpoint")
    return content.decode("utf-8", "surrogateescape")


def _verifiers(keys: Sequence[str], option: str) -> list[Verifier]:
    from compliance.ledger.note import NoteError, Verifier

    try:
        return [Verifier.of_vkey(key) for key in keys]
    except NoteError as error:
        fail(f"`{option}`: {error}", help="a key has the form name+id+base64, as /ledger/key gives it")


def _age(covered_until: str | None) -> int | None:
    """Return for how many seconds the newest checkpoint has covered nothing new."""
    if covered_until is None:
        return None
    return round((datetime.now(UTC) - datetime.fromisoformat(covered_until)).total_seconds())


def _document(report: Report) -> dict[str, Any]:
    document = report.document()
    for log, stated in zip(report.logs, document["logs"], strict=True):
        if stated["checkpoint"] is not None:
            stated["checkpoint"]["age_seconds"] = _age(log.covered_until)
    return document


def _print(report: Report, out: Console) -> None:
    for log in report.logs:
        _print_log(log, out)
    checked = f"{report.rulesets:,} rulebooks, {report.claims:,} idempotency keys"
    say(out, f"also: {checked}" + (f", {report.receipts:,} receipts" if report.receipts else ""), "dim")
    for note in report.notes:
        say(out, f"note: {note}", "cyan")
    for problem in report.problems:
        out.print(
            Text.assemble(("problem: ", "bold red"), (problem.place, "bold"), f": {problem.text}"), soft_wrap=True
        )
    if report.more:
        say(out, f"and {report.more:,} more problems")
    if report.problems:
        say(out, "this log is NOT what was recorded", "bold red")
    else:
        say(out, "everything stored is as the log committed to it", "bold green")


def _print_log(log: LogReport, out: Console) -> None:
    from datetime import timedelta

    from compliance.ledger.note import encode_base64

    age = _age(log.covered_until)
    newest = log.newest_checkpoint
    personal = f"{log.opened:,} opened, {log.erased:,} erased"
    if log.unread:
        personal += f", {log.unread:,} compared by digest only: their keys are not at hand"
    said = "none" if newest is None else f"over {newest.size:,} entries"
    rows = {
        "log": log.origin,
        "size": f"{log.size:,}",
        "root": encode_base64(log.root),
        "checkpoint": said if age is None else f"{said}, {timedelta(seconds=age)} old",
        "signed roots": f"{log.checkpoints:,}, {log.witnessed:,} of them witnessed",
        "consistency": f"{log.proofs:,} proofs from one signed root to the next",
        "tiles": f"{log.tiles:,}",
        "personal": personal,
        "search index": f"reaches {log.indexed:,} entries",
        "key": "\n".join(log.keys),
    }
    if log.master_keys:
        rows["master key"] = f"changed {len(log.master_keys):,} times, last {log.master_keys[-1]}"
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, Text(value))
    out.print(table)
