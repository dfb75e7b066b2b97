"""Put rule files into their one form, or say which are not in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compliance.cli.exits import Exit
from compliance.cli.opening import folder_of
from compliance.cli.terminal import console, fail, print_json


def fmt(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Rule files or folders.", show_default="the rulebook here, or shipped")
    ] = None,
    *,
    only_check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if a file would change.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write keys in their order and conditions alike; comments stay where they are."""
    from compliance.language.formatter import format_source
    from compliance.language.span import Source

    changed: list[str] = []
    found = _files(files)
    for file in found:
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            fail(f"`{file}` cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}")
        formed = format_source(Source(file.name, text))
        if formed == text:
            continue
        changed.append(str(file))
        if not only_check:
            file.write_text(formed, encoding="utf-8")
    if as_json:
        print_json({"files": len(found), "changed": changed, "written": not only_check})
    else:
        out = console()
        for name in changed:
            out.print(f"{'would change' if only_check else 'changed'} {name}")
        out.print(f"{len(found)} files, {len(changed)} {'not in their form' if only_check else 'changed'}")
    if only_check and changed:
        raise typer.Exit(Exit.PROBLEMS)


def _files(named: list[Path] | None) -> list[Path]:
    """Return the rule files that are meant, in order of path."""
    if not named:
        folder = folder_of(None)
        named = [folder / "rules", folder / "jurisdictions"]
    found: list[Path] = []
    for path in named:
        if path.is_dir():
            found += sorted(path.rglob("*.yaml"))
        elif path.is_file():
            found.append(path)
        else:
            fail(f"`{path}` is neither a file nor a folder", help="name rule files, or folders that hold them")
    return found
