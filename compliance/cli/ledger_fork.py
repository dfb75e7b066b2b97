"""Explain where a stored log and what was signed of it part, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from rich.table import Table
from rich.text import Text

from compliance.cli.exits import Exit
from compliance.cli.ledger_options import FOLDER, ORIGIN, DatabaseOption, LedgerOption, ledger_errors, settings_of
from compliance.cli.ledger_stats import JsonOption
from compliance.cli.terminal import console, print_json, say

if TYPE_CHECKING:
    from rich.console import Console

    from compliance.ledger.forks import Fork


def fork(*, ledger: LedgerOption = FOLDER, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Say whether the database continues the checkpoint that was kept outside it, and if not, where they part.

    Changes nothing. Exit codes: 0 it does, 1 it does not, 2 there is no such log.
    """
    from compliance.ledger.forks import find_fork

    with ledger_errors("nothing could be compared"):
        found = find_fork(settings_of(ledger, database, ORIGIN))
    if as_json:
        print_json({"forked": False} if found is None else _document(found))
    elif found is None:
        say(console(), "the database continues what was signed")
    else:
        _print(found, console())
    if found is not None:
        raise typer.Exit(Exit.PROBLEMS)


def _document(found: Fork) -> dict[str, Any]:
    from compliance.ledger.note import encode_base64

    signed, missing = found.signed, found.missing
    return {
        "forked": True,
        "reason": found.reason,
        "signed": {
            "file": str(found.file),
            "written_at": found.written_at.isoformat(),
            "origin": None if signed is None else signed.origin,
            "size": None if signed is None else signed.size,
            "root": None if signed is None else encode_base64(signed.root),
        },
        "stored": {
            "origin": found.stored_origin,
            "size": found.stored_size,
            "root": encode_base64(found.stored_root),
            "until": None if found.stored_until is None else found.stored_until.isoformat(),
            "root_at_signed_size": None if found.root_then is None else encode_base64(found.root_then),
        },
        "missing": {"first": missing.start, "last": missing.stop - 1, "count": len(missing)} if missing else None,
        "what_to_do": _steps(found),
    }


def _steps(found: Fork) -> list[str]:
    """Return what can be done, the least harmful first."""
    if found.missing:
        lost = f"entries {found.missing.start} to {found.missing.stop - 1} were answered and are not in this database"
    elif found.signed is None:
        lost = "nobody can tell from this file what was signed"
    else:
        lost = f"some of the first {found.signed.size} entries are not those that were answered"
    elsewhere = "a newer backup, the old primary of a failed-over server, another folder"
    provable = (
        "whoever holds a receipt of them can still prove it against the checkpoint in the file: keep a copy of it"
    )
    command = "`compliance ledger new-epoch --origin NEW --by A --and B --reason ...`"
    return [
        "stop every node; they answer nobody anyhow",
        f"look for the database that was signed ({elsewhere}), put it in its place, and start again",
        f"if there is none: {lost}; {provable}",
        f"then, two persons together: {command}; it begins with that checkpoint; start services with `--origin NEW`",
    ]


def _print(found: Fork, out: Console) -> None:
    document = _document(found)
    signed, stored, missing = document["signed"], document["stored"], document["missing"]
    say(out, f"the log forked: {found.reason}", "bold red")
    table = Table(box=None, pad_edge=False, padding=(1, 2, 0, 0))
    for heading in ("", "signed, outside the database", "stored, in the database"):
        table.add_column(heading, overflow="fold")
    rows = [
        ("log", signed["origin"], stored["origin"]),
        ("entries", signed["size"], stored["size"]),
        ("root", signed["root"], stored["root"]),
        ("root over as many", "", stored["root_at_signed_size"]),
        ("where, until when", f"{signed['file']}, written {signed['written_at']}", stored["until"]),
    ]
    for name, *values in rows:
        table.add_row(Text(name, "dim"), *(Text("-" if value is None else str(value)) for value in values))
    out.print(table)
    out.print()
    if missing:
        say(out, f"missing: {missing['count']:,} entries, {missing['first']} to {missing['last']}")
    say(out, "what to do:")
    for number, step in enumerate(document["what_to_do"], start=1):
        say(out, f"{number}. {step}", indent=2)
