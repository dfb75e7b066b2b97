"""Take recorded decisions again, by the rulebooks that are kept with them, and say where an answer would differ."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from compliance.cli.exits import Exit
from compliance.cli.ledger_options import FOLDER, DatabaseOption, LedgerOption, archive
from compliance.cli.ledger_stats import JsonOption, SinceOption, UntilOption
from compliance.cli.opening import instant_of
from compliance.cli.progress import watched
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from compliance.gate.replay import Replayer
    from compliance.ledger.archive import Archive
    from compliance.ledger.reading import Entry

SAME, DIFFERENT, UNREADABLE, ERASED = "same", "different", "unreadable", "erased"
SHOWN = 5
"""Places of a difference that a table has room for; `--json` has all."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that would be answered otherwise now, or cannot be taken again, and where or why."""

    entry: Entry
    places: tuple[str, ...] = ()
    trouble: str | None = None

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.entry.public.get("id"),
            "epoch": self.entry.epoch,
            "index": self.entry.index,
            "recorded_at": self.entry.document["recorded_at"],
            "outcome": self.entry.public.get("outcome"),
            "places": list(self.places),
            "trouble": self.trouble,
        }


@dataclass(slots=True)
class Outcome:
    """What came of a range of decisions."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)


def replay(
    *,
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many, the oldest first.")] = None,
    id_: Annotated[
        list[str] | None, typer.Option("--id", metavar="ID", help="Only this decision; may be given again.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Take recorded decisions again and compare the answers byte by byte; reads only.

    What was erased cannot be taken again, and is counted, not held against the log.

    Exit codes: 0 the same bytes, 1 an answer differs or cannot be taken again, 2 bad input.
    """
    start = None if since is None else instant_of(since, "--since")
    end = None if until is None else instant_of(until, "--until")
    with archive(ledger, database) as opened:
        if opened.subjects is None:
            fail("the keys of persons are not at hand, so no request can be read", help="replay where the service runs")
        entries, total = _chosen(opened, start, end, limit, id_ or ())
        outcome = replayed(opened, watched(entries, total, "replaying"))
    if as_json:
        print_json(
            {
                "replayed": outcome.counts[SAME] + outcome.counts[DIFFERENT],
                **{name: outcome.counts[name] for name in (SAME, DIFFERENT, UNREADABLE, ERASED)},
                "differences": [found.document() for found in outcome.differences],
            }
        )
    else:
        _print(outcome)
    if outcome.differences:
        raise typer.Exit(Exit.PROBLEMS)


def replayed(opened: Archive, entries: Iterable[Entry]) -> Outcome:
    """Return what comes of decisions when they are taken again."""
    from compliance.gate.library import Library
    from compliance.gate.replay import Replayer

    library = Library(opened.ruleset)
    replayers = {epoch: Replayer(opened.reader(epoch), library) for epoch in opened.origins}
    outcome = Outcome()
    for entry in entries:
        found = _one(replayers[entry.epoch], entry)
        if isinstance(found, Difference):
            outcome.differences.append(found)
            outcome.counts[UNREADABLE if found.trouble is not None else DIFFERENT] += 1
        else:
            outcome.counts[found] += 1
    return outcome


def _one(replayer: Replayer, entry: Entry) -> str | Difference:
    from compliance.ledger.errors import ErasedError, LedgerError

    try:
        found = replayer.replay(entry)
    except ErasedError:
        return ERASED
    except LedgerError as error:
        return Difference(entry, trouble=str(error))
    if found.same:
        return SAME
    return Difference(entry, tuple(found.differences()), found.trouble)


def _chosen(
    opened: Archive, start: datetime | None, end: datetime | None, limit: int | None, ids: Iterable[str]
) -> tuple[Iterator[Entry], int]:
    """Return the answers to be taken again, and how many entries there are to look at."""
    if ids:
        found = [_named(opened, each) for each in ids]
        return iter(found), len(found)
    answers = (entry for entry in opened.entries(start, end) if _is_answer(entry))
    total = opened.count(start, end)
    return (answers, total) if limit is None else (islice(answers, limit), min(limit, total))


def _named(opened: Archive, id_: str) -> Entry:
    from compliance.ledger.errors import NotRecordedError

    for epoch in sorted(opened.origins, reverse=True):
        with suppress(NotRecordedError):
            return opened.reader(epoch).decision(id_)
    return fail(f"no decision `{id_}` is recorded there")


def _is_answer(entry: Entry) -> bool:
    """Say whether an entry is an answer: the decision on a second subject is part of the one it stands beside."""
    from compliance.ledger.entry import DECISION

    return entry.kind == DECISION and "beside" not in entry.public


def _print(outcome: Outcome) -> None:
    out = console()
    if outcome.differences:
        table = Table("decision", "recorded", "was", "differs in", box=SIMPLE_HEAD, pad_edge=False)
        for column in table.columns:
            column.overflow = "fold"
        for found in outcome.differences:
            more = len(found.places) - SHOWN
            where = ", ".join(found.places[:SHOWN]) + (f" and {more} more" if more > 0 else "")
            said = found.document()
            cells = (said["id"], said["recorded_at"], said["outcome"], found.trouble or where)
            table.add_row(*(Text(str(cell)) for cell in cells))
        out.print(table)
    counts = outcome.counts
    say(out, f"{counts[SAME]:,} the same, byte by byte; {counts[DIFFERENT]:,} different; {counts[ERASED]:,} erased")
    if counts[UNREADABLE]:
        say(out, f"{counts[UNREADABLE]:,} cannot be taken again")
