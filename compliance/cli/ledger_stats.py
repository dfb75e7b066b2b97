"""Count what a stored log holds: by outcome, rule, territory, day, and in bytes and keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from compliance.cli.ledger_options import FOLDER, DatabaseOption, LedgerOption, archive
from compliance.cli.opening import instant_of
from compliance.cli.progress import watched
from compliance.cli.terminal import console, print_json, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from compliance.ledger.archive import Archive

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", metavar="INSTANT", help="Only what was recorded from then on.")
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="INSTANT", help="Only what was recorded before then.")
]
TABLES = ("outcomes", "actions", "rules", "territories", "instruments", "days")


def stats(
    *,
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Rows of a table; `--json` has all.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Count decisions by outcome, rule, territory and day; entries, bytes, keys and erasures; reads only.

    Exit codes: 0 counted, 2 there is no such log.
    """
    from compliance.ledger.statistics import statistics

    start = None if since is None else instant_of(since, "--since")
    end = None if until is None else instant_of(until, "--until")
    with archive(ledger, database) as opened:
        counted = statistics(watched(opened.entries(start, end), opened.count(start, end), "counting"))
        document = {**_places(opened), **counted.document()}
    if as_json:
        print_json(document)
    else:
        _print(document, top, console())


def _places(opened: Archive) -> dict[str, Any]:
    """Return what is known beside the entries: names, keys, and how old the newest checkpoint is."""
    return {
        "origin": opened.origins[opened.epoch],
        "epochs": len(opened.origins),
        "keys": opened.persons,
        "checkpoint": _checkpoint(opened),
    }


def _checkpoint(opened: Archive) -> dict[str, Any] | None:
    """Return size and age of the checkpoint in the file; its signature is for `verify` to check.

    Nothing in a checkpoint says when it was signed: it is as old as the last entry that it covers.
    """
    from compliance.ledger.checkpoint import Checkpoint
    from compliance.ledger.entry import stamped
    from compliance.ledger.errors import NotRecordedError
    from compliance.ledger.note import Note, NoteError

    if opened.checkpoint is None:
        return None
    try:
        stated = Checkpoint.of_text(Note.of_text(opened.checkpoint).text)
        epoch = next(number for number, origin in opened.origins.items() if origin == stated.origin)
        last = opened.reader(epoch).entry(stated.size - 1).recorded_at
    except (NoteError, NotRecordedError, StopIteration):
        return None
    age = round((datetime.now(UTC) - last).total_seconds())
    return {"size": stated.size, "covers_until": stamped(last), "age_seconds": age}


def _print(document: Mapping[str, Any], top: int, out: Console) -> None:
    checkpoint = document["checkpoint"]
    keys = document["keys"]
    rows = {
        "log": document["origin"] + (f" (epoch {document['epochs']})" if document["epochs"] > 1 else ""),
        "entries": f"{document['size']:,}",
        "from": document["first_at"] or "-",
        "to": document["last_at"] or "-",
        "bytes": f"{document['entry_bytes']:,} in entries, {document['sealed_bytes']:,} sealed beside them",
        "subjects": f"{document['subjects']:,}, {document['erasures']:,} erasures",
        "keys": "not at hand" if keys is None else f"{keys:,}",
        "rulebooks": f"{len(document['rulesets']):,}",
        "checkpoint": "none that is of this log" if checkpoint is None else _said(checkpoint),
        "kinds": ", ".join(f"{name} {count:,}" for name, count in document["kinds"].items()),
    }
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, Text(value))
    out.print(table)
    for name in TABLES:
        _print_table(name, document[name], top, out)


def _said(checkpoint: Mapping[str, Any]) -> str:
    return f"over {checkpoint['size']:,} entries, {timedelta(seconds=checkpoint['age_seconds'])} old"


def _print_table(name: str, counts: Mapping[str, int], top: int, out: Console) -> None:
    if not counts:
        return
    # Days are in order: the newest are the ones to see.
    shown = list(counts.items())[-top:] if name == "days" else list(counts.items())[:top]
    table = Table(name, "decisions", box=SIMPLE_HEAD, pad_edge=False)
    table.columns[0].overflow, table.columns[1].justify = "fold", "right"
    for value, count in shown:
        table.add_row(Text(value), f"{count:,}")
    out.print(table)
    if len(counts) > len(shown):
        say(out, f"and {len(counts) - len(shown):,} more", "dim")
