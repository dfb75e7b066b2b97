"""Group the commands about a stored log; each but those that say so only reads."""

from __future__ import annotations

import typer

from compliance.cli.ledger_epoch import new_epoch
from compliance.cli.ledger_export import export
from compliance.cli.ledger_fork import fork
from compliance.cli.ledger_index import index
from compliance.cli.ledger_keys import rotate_key, rotate_master_key
from compliance.cli.ledger_stats import stats
from compliance.cli.ledger_verify import verify

ledger = typer.Typer(name="ledger", help="Look into a stored log, check it, keep it going.", no_args_is_help=True)
for command in (verify, stats, export, index):
    ledger.command()(command)
ledger.command()(fork)
ledger.command("new-epoch")(new_epoch)
ledger.command("rotate-key")(rotate_key)
ledger.command("rotate-master-key")(rotate_master_key)
