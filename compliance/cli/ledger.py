"""Group the commands about a stored log; each but those that say so only reads."""

from __future__ import annotations

import typer

from compliance.cli.ledger_stats import stats
from compliance.cli.ledger_verify import verify

ledger = typer.Typer(name="ledger", help="Look into a stored log, check it, take it out.", no_args_is_help=True)
for command in (verify, stats):
    ledger.command()(command)
