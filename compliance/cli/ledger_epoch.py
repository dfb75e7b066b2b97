"""Go on after a fork: a new log, which begins with what was signed of the old one."""

from __future__ import annotations

from typing import Annotated

import typer

from compliance.cli.ledger_options import FOLDER, DatabaseOption, LedgerOption, ledger_errors, settings_of
from compliance.cli.terminal import console, say


def new_epoch(
    *,
    origin: Annotated[str, typer.Option("--origin", help="The name of the new log: one that was never used.")],
    by: Annotated[str, typer.Option("--by", metavar="PERSON", help="Who does it; recorded for ever.")],
    and_: Annotated[str, typer.Option("--and", metavar="PERSON", help="Who else stands for it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; recorded for ever.")],
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    force: Annotated[bool, typer.Option("--force", help="Also where nothing is wrong with the log.")] = False,
) -> None:
    """Begin a new log whose first entry states the last checkpoint of the old one; for when there is no way back.

    Writes, and needs every node to be stopped. What is stored of the old log stays, and its receipts stay valid. Look
    at `compliance ledger fork` first.

    Exit codes: 0 begun, 2 it cannot be done as things stand, 70 nothing was changed.
    """
    from compliance.ledger import forks

    settings = settings_of(ledger, database, origin)
    with ledger_errors("there is no new epoch"):
        first = forks.new_epoch(settings, reason, (by, and_), force=force)
    out = console()
    say(out, f"the log {first.origin} has begun; its first entry states the last checkpoint of the one before")
    say(out, f"start every service with `--origin {first.origin}`")
