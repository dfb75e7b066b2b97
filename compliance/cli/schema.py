"""Write the JSON Schemas of rule files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from compliance.cli.opening import open_book
from compliance.cli.terminal import console, print_json


def schema(
    *,
    write: Annotated[Path | None, typer.Option(help="The folder to write one file a schema into.")] = None,
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
) -> None:
    """Print the schemas of rule files as one JSON document, or write them into a folder."""
    from compliance.language.schema import modeline, schemas

    found = schemas(open_book(rulebook).rulebook)
    if write is None:
        print_json(found)
        return
    write.mkdir(parents=True, exist_ok=True)
    out = console()
    for kind, document in found.items():
        (write / f"{kind}.json").write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        out.print(f"{write / f'{kind}.json'}  begin a file with: {modeline(kind, str(write))}")
