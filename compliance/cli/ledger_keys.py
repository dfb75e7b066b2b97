"""Change the keys of a log, by two persons: the one that signs it, and the one that wraps the keys of persons."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Final

import typer

from compliance.cli.exits import Exit
from compliance.cli.ledger_options import (
    FOLDER,
    ORIGIN,
    DatabaseOption,
    LedgerOption,
    OriginOption,
    ledger_errors,
    settings_of,
)
from compliance.cli.terminal import console, fail, say

if TYPE_CHECKING:
    from compliance.ledger.subjects import KeyWrapper

NEW_MASTER_KEY = "COMPLIANCE_NEW_MASTER_KEY"
ByOption = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who does it; recorded for ever.")]
AndOption = Annotated[str, typer.Option("--and", metavar="PERSON", help="Who else stands for it.")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; recorded for ever.")]
_MISSING: Final = 'add `--by NAME --and NAME --reason "..."`'


def rotate_key(
    *,
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    origin: OriginOption = ORIGIN,
    by: ByOption = "",
    and_: AndOption = "",
    reason: ReasonOption = "",
    prepare: Annotated[bool, typer.Option("--prepare", help="Only make the next key, to be handed to nodes.")] = False,
) -> None:
    """Sign the log with a new key from now on; an entry says so, and both keys sign the tree that it makes.

    Writes, and takes two persons. Nodes that run take the new key over, from `signing.key.next` or `signing.key` in
    their folder; one that has neither answers 503 until it has. The old key stays as `signing.key.<id>`: destroy it
    after a day, when no idempotency key points to its signatures any more.

    Exit codes: 0 changed, 2 it cannot be said or there is no such log, 70 the log was not changed.
    """
    from compliance.ledger import rotation

    settings = settings_of(ledger, database, origin)
    out = console()
    with ledger_errors("the key was not changed"):
        if prepare:
            say(out, rotation.prepare(settings).vkey())
            return
        if not (by.strip() and and_.strip() and reason.strip()):
            fail("it takes two persons and why", help=_MISSING)
        keys = rotation.rotate(settings, reason, (by, and_))
    say(out, f"entry {keys[-1].first} of {settings.origin} states the new key, and the old one has signed it")
    say(out, f"old: {keys[-2].verifier.vkey()}")
    say(out, f"new: {keys[-1].verifier.vkey()}")


def rotate_master_key(
    *,
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    by: ByOption = "",
    and_: AndOption = "",
    reason: ReasonOption = "",
) -> None:
    """Wrap the key of every person with a new master key; records and ciphertexts stay as they are, an entry is added.

    Writes, takes two persons, and needs every node to be stopped, and the log's signing key. The new key takes the
    place of `master.key`; where the master key comes from `COMPLIANCE_MASTER_KEY`, the new one is read from
    `COMPLIANCE_NEW_MASTER_KEY`. Interrupted, do it again.

    Exit codes: 0 changed, 2 it cannot be done as things stand, 70 nothing was changed.
    """
    from compliance.ledger.rewrap import rewrap

    settings = settings_of(ledger, database, ORIGIN)
    with ledger_errors("the master key was not changed"):
        if not (by.strip() and and_.strip() and reason.strip()):
            fail("it takes two persons and why", help=_MISSING)
        count = rewrap(settings, reason, (by, and_), _new_master_key())
    say(console(), "an entry of the log says so, who stands for it and why")
    say(console(), f"{count:,} keys are wrapped with the new master key; destroy every copy of the old one")


def _new_master_key() -> KeyWrapper | None:
    from compliance.ledger.subjects import MasterKey

    given = os.environ.get(NEW_MASTER_KEY)
    try:
        return None if given is None else MasterKey.of_text(given)
    except ValueError as error:
        fail(f"`{NEW_MASTER_KEY}`: {error}", code=Exit.BAD_INPUT)
