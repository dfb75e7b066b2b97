"""The stored dictionaries against what the log says of them: without one, what it packed cannot be read."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, inspect, select

from compliance.ledger import raw, store
from compliance.ledger.report import Report
from compliance.ledger.verify_rows import source_digest

DICTIONARY_KIND = "dictionary"
"""The kind of the entry that commits to a stored dictionary (`compliance.ledger.packing`)."""


def check_dictionaries(connection: Connection, events: Mapping[int, raw.Events], report: Report) -> None:
    """Compare every stored dictionary with the entry that commits to it; a log from before there were any has none."""
    stated: dict[str, object] = {}
    for listed in events.values():
        for _, entry in listed.of(DICTIONARY_KIND):
            try:
                public = json.loads(entry)["public"]
                stated[public["name"]] = (public["ruleset"], public["content"])
            except (LookupError, TypeError, ValueError):
                continue  # reported with the entry itself
    known: set[str] = set()
    if inspect(connection).has_table(store.DICTIONARY.name):
        columns = store.DICTIONARY.c
        for name, ruleset, content in connection.execute(select(columns.name, columns.ruleset, columns.content)):
            called = bytes(name).hex()
            known.add(called)
            if called not in stated:
                report.problem(f"dictionary {called}", "no entry commits to it")
            elif stated[called] != (ruleset, source_digest(bytes(content))):
                report.problem(f"dictionary {called}", "it is not the one that the log states")
    for called in sorted(stated.keys() - known):
        report.problem(f"dictionary {called}", "it is missing: what was packed with it cannot be read")
