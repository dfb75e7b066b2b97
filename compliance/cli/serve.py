"""Start the service."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compliance.cli.exits import Exit
from compliance.cli.opening import folder_of
from compliance.cli.terminal import console, fail


def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8080,
    watch: Annotated[bool, typer.Option("--watch", help="Follow edits that compile and whose cases hold.")] = False,
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
) -> None:
    """Answer over HTTP: our own API under /v1, AuthZEN under /access/v1, documentation under /docs."""
    from compliance.api.serve import serve as answer
    from compliance.cli.diagnostics import print_diagnostics
    from compliance.cli.opening import sources_of
    from compliance.engine.loading import RulebookRefused
    from compliance.gate.supplier import CasesFailed

    folder = folder_of(rulebook)
    try:
        answer(folder, host, port, watch=watch)
    except RulebookRefused as refused:
        print_diagnostics(refused.diagnostics, sources_of(rulebook), console(stderr=True))
        fail("the rulebook does not compile, so nothing is served", code=Exit.PROBLEMS)
    except CasesFailed as failed:
        fail(str(failed), help="run `compliance check` to see them all", code=Exit.PROBLEMS)
    except OSError as error:
        fail(f"cannot listen on {host}:{port}: {(error.strerror or str(error)).lower()}", code=Exit.FAILED)
