"""Ask a rulebook one question: `decide` says what was decided, `explain` says everything it rests on.

Invariant: what the command line decides is recorded nowhere, so it binds nobody: every answer is a what-if.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.exits import Exit, of_outcome
from compliance.cli.opening import instant_of, open_book, read_request, refuse
from compliance.cli.terminal import console, print_json

if TYPE_CHECKING:
    from datetime import datetime

    from compliance.engine.book import Book
    from compliance.gate.answer import Answer

FileArgument = Annotated[
    str, typer.Argument(metavar="FILE|-", help="A JSON request as POST /v1/decisions takes it, or - for stdin.")
]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="INSTANT", help="The instant it is asked for.", show_default="now")
]
RulebookOption = Annotated[
    Path | None, typer.Option("--rulebook", help="The rulebook's folder.", show_default="here, or shipped")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document, as the service would answer.")]

EXITS = "Exit codes: 0 allow, 3 deny, 4 refer, 5 incomplete; 1 the rulebook does not compile, 2 bad input."


def decide(
    file: FileArgument, *, at: AtOption = None, rulebook: RulebookOption = None, as_json: JsonOption = False
) -> None:
    """Decide a request, and say why, on whose authority, and what to ask or do next."""
    _ask(file, at, rulebook, as_json=as_json, full=False)


def explain(
    file: FileArgument, *, at: AtOption = None, rulebook: RulebookOption = None, as_json: JsonOption = False
) -> None:
    """Decide a request and show everything the answer rests on: terms, facts, sources, what would change it."""
    _ask(file, at, rulebook, as_json=as_json, full=True)


def _ask(file: str, at: str | None, rulebook: Path | None, *, as_json: bool, full: bool) -> None:
    from compliance.cli.decision_page import print_decision

    body = read_request(file, as_json=as_json)
    instant = None if at is None else instant_of(at)
    answer = answer_to(body, open_book(rulebook), instant, as_json=as_json)
    if as_json:
        from compliance.gate.spelling import answer_json

        print_json(answer_json(answer))
    else:
        print_decision(answer, console(), full=full)
    raise typer.Exit(of_outcome(answer.decision.outcome))


def answer_to(body: object, book: Book, instant: datetime | None, *, as_json: bool) -> Answer:
    """Return the answer to a request at `instant` (else at its own `as_of`, else now), as a what-if."""
    from compliance.engine.envelope import RequestRefused
    from compliance.gate.clock import SYSTEM_CLOCK
    from compliance.gate.gate import Gate
    from compliance.gate.shelf import Shelf

    now = SYSTEM_CLOCK.now()
    if isinstance(body, dict) and (instant is not None or "as_of" not in body):
        body = {**body, "as_of": (instant or now).replace(microsecond=0).isoformat()}
    try:
        return asyncio.run(Gate(Shelf(book, now)).answer(body))
    except RequestRefused as refused:
        refuse(list(refused.problems), as_json=as_json)
    raise typer.Exit(Exit.FAILED)  # pragma: no cover - `refuse` does not return


__all__ = ["decide", "explain"]
