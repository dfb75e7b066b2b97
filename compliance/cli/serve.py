"""Start the service."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.exits import Exit
from compliance.cli.ledger_options import FOLDER, ORIGIN, DatabaseOption, LedgerOption, OriginOption, settings_of
from compliance.cli.opening import folder_of
from compliance.cli.terminal import console, fail

if TYPE_CHECKING:
    from compliance.ledger.witness import Witness


def serve(  # noqa: PLR0913 - one for each option of the command
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8080,
    watch: Annotated[bool, typer.Option("--watch", help="Follow edits that compile and whose cases hold.")] = False,
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    origin: OriginOption = ORIGIN,
    witness: Annotated[str | None, typer.Option(metavar="URL", help="A witness that cosigns checkpoints.")] = None,
    witness_key: Annotated[str | None, typer.Option(metavar="KEY", help="The witness's public key.")] = None,
    person_header: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            envvar="COMPLIANCE_PERSON_HEADER",
            help="The header in which the proxy before the service names who asks.",
        ),
    ] = None,
    group_limit: Annotated[
        int, typer.Option(metavar="COUNT", help="Most records in one transaction.", min=1, max=10_000)
    ] = 512,
    group_delay: Annotated[
        float, typer.Option(metavar="SECONDS", help="How long a transaction waits for company.", min=0, max=1)
    ] = 0.0,
    no_ledger: Annotated[bool, typer.Option("--no-ledger", help="Record nothing: answers have no receipt.")] = False,
) -> None:
    """Answer over HTTP: our own API under /v1, AuthZEN under /access/v1, documentation under /docs.

    Every answer is recorded in the ledger before it leaves, and carries the proof of that.
    """
    from compliance.api.persons import HEADER
    from compliance.api.serve import serve as answer
    from compliance.api.settings import Settings
    from compliance.cli.diagnostics import print_diagnostics
    from compliance.cli.opening import sources_of
    from compliance.engine.loading import RulebookRefused
    from compliance.gate.supplier import CasesFailed
    from compliance.ledger.errors import LedgerError

    if person_header is not None and not HEADER.fullmatch(person_header):
        fail(f"`{person_header}` cannot name a header")
    folder = folder_of(rulebook)
    try:
        kept = None if no_ledger else settings_of(ledger, database, origin)
        if kept is not None:
            kept = replace(kept, group_limit=group_limit, group_delay=group_delay)
        settings = Settings(person_header=person_header)
        answer(folder, host, port, watch=watch, settings=settings, ledger=kept, witness=_witness(witness, witness_key))
    except RulebookRefused as refused:
        print_diagnostics(refused.diagnostics, sources_of(rulebook), console(stderr=True))
        fail("the rulebook does not compile, so nothing is served", code=Exit.PROBLEMS)
    except CasesFailed as failed:
        fail(str(failed), help="run `compliance check` to see them all", code=Exit.PROBLEMS)
    except LedgerError as error:
        fail(f"the ledger cannot be opened: {error}", code=Exit.FAILED)
    except OSError as error:
        what = f"cannot listen on {host}:{port}" if error.filename is None else f"`{error.filename}` cannot be used"
        fail(f"{what}: {(error.strerror or str(error)).lower()}", code=Exit.FAILED)


def _witness(url: str | None, key: str | None) -> Witness | None:
    """Return the witness that is meant, if any."""
    from compliance.ledger.note import NoteError, Verifier
    from compliance.ledger.witness import Witness

    if url is None and key is None:
        return None
    if url is None or key is None:
        fail("a witness needs both `--witness` and `--witness-key`")
    if not url.startswith(("https://", "http://")):
        fail("a witness is named by an address that begins with `https://` or `http://`")
    try:
        return Witness(url, Verifier.of_vkey(key))
    except NoteError as error:
        fail(f"the witness's key cannot be read: {error}")
