"""Put the commands together and run one: every way it can end has an exit code, none a traceback."""

from __future__ import annotations

import os
import sys

import typer

from compliance.cli.check import check
from compliance.cli.coverage import coverage
from compliance.cli.decide import decide, explain
from compliance.cli.docs import docs
from compliance.cli.exits import Exit
from compliance.cli.fmt import fmt
from compliance.cli.instruments import instruments
from compliance.cli.ledger import ledger
from compliance.cli.new import new
from compliance.cli.replay import replay
from compliance.cli.schema import schema
from compliance.cli.serve import serve

app = typer.Typer(
    name="compliance",
    help="Who may hold, trade or move which instrument, where, when, and who says so.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (check, decide, explain, coverage, docs, serve, replay, fmt, schema):
    app.command()(command)
app.add_typer(instruments)
app.add_typer(new)
app.add_typer(ledger)

TRACEBACK = "COMPLIANCE_TRACEBACK"
"""Environment variable: set, a failure of the program itself prints its traceback."""


def main() -> None:
    """Run the command line in `sys.argv`."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read us has seen enough: nothing more can be said, and nothing must be when Python closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.FAILED)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        sys.stderr.write(f"error: the program failed ({type(error).__name__}), so nothing was decided\n")
        sys.stderr.write(f"  help: set {TRACEBACK}=1 to see where, and report it\n")
        sys.exit(Exit.FAILED)
