"""Bring the search index of a stored log up to its last entry, or make it anew."""

from __future__ import annotations

from typing import Annotated

import typer

from compliance.cli.ledger_options import (
    FOLDER,
    ORIGIN,
    DatabaseOption,
    LedgerOption,
    archive,
    ledger_errors,
    settings_of,
)
from compliance.cli.progress import progress
from compliance.cli.terminal import console, print_json, say


def index(
    *,
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    anew: Annotated[bool, typer.Option("--anew", help="Throw the index away first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Bring the search index up to the last entry, so that the next search need not.

    Writes the index, which no proof rests on, and nothing else; beside a running service or without one. With `--anew`
    it is thrown away first: where `verify` found that it is not what the entries say.

    Exit codes: 0 done, 2 there is no such log, 70 the index was not brought up.
    """
    from compliance.ledger import search_index
    from compliance.storage.database import Database

    with archive(ledger, database) as opened:
        origins = dict(sorted(opened.origins.items()))
    writable = Database(settings_of(ledger, database, ORIGIN).database_url)
    reached: dict[str, int] = {}
    try:
        with ledger_errors("the search index was not brought up"), progress("indexing") as told:
            if anew:
                search_index.throw_away(writable)
            for epoch, origin in origins.items():
                reached[origin] = search_index.bring_up(writable, epoch, told)
    finally:
        writable.close()
    if as_json:
        print_json({"logs": [{"origin": origin, "indexed": count} for origin, count in reached.items()]})
        return
    for origin, count in reached.items():
        say(console(), f"the search index of {origin} reaches {count:,} entries")
