"""Make a site of a rulebook: a page for each place and each rule, a map, the sources, and what rests on little."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from compliance.cli.opening import folder_of, instant_of, open_book
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from datetime import datetime

    from compliance.engine.book import Book
    from compliance.language.rulebook import Persona
    from compliance.pages.site import Site

CUSTOMER = "verified-retail"
"""The persona whose answers are shown, unless another is named."""


def docs(
    out: Annotated[Path, typer.Argument(help="The folder to write: new, empty, or made by this command before.")],
    *,
    at: Annotated[
        str | None, typer.Option(help="The instant or day at which the site is true; now by default.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option(help=f"The persona whose answers are shown.  [dim]\\[default: {CUSTOMER}][/]")
    ] = None,
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make a site of a rulebook: static pages that need no network and no JavaScript."""
    from compliance.pages.folder import NotOurs, check_folder, write_site

    instant = instant_of(at)
    try:
        check_folder(out)
    except NotOurs as error:
        fail(str(error), help="name a folder that is empty, that does not exist, or that this command made")
    book = open_book(rulebook)
    site = _site(book, instant, _persona(book, customer), folder_of(rulebook))
    written = f"{instant:%Y-%m-%dT%H:%M:%SZ}"
    try:
        files, size = write_site(out, site.pages(), {"as_of": written, "digest": book.rulebook.digest})
    except OSError as error:
        fail(f"`{error.filename or out}` cannot be written: {(error.strerror or 'no reason given').lower()}")
    if as_json:
        print_json(
            {
                "folder": str(out),
                "as_of": written,
                "digest": book.rulebook.digest,
                "files": files,
                "bytes": size,
                "places": len(site.material.countries),
                "statements": len(site.statements.by_id),
            }
        )
    else:
        say(console(), f"wrote {files} files ({size / 1e6:.1f} MB) into {out}; begin with {out / 'index.html'}")


def _persona(book: Book, name: str | None) -> Persona | None:
    """Return the persona that is named; without a name the usual one, if the rulebook has it."""
    from compliance.vocabulary.suggestions import did_you_mean

    personas = book.rulebook.personas
    if name is not None and name not in personas:
        fail(f"`{name}` is no persona that is a whole request", help=did_you_mean(name, personas))
    return personas.get(name or CUSTOMER)


def _site(book: Book, instant: datetime, persona: Persona | None, folder: Path) -> Site:
    from compliance.pages.material import Material
    from compliance.pages.policies import read_policies
    from compliance.pages.site import Site

    try:
        policies = read_policies(folder)
    except OSError as error:
        fail(f"`{error.filename or folder}` cannot be read: {(error.strerror or 'no reason given').lower()}")

    with Progress(console=console(stderr=True), transient=True) as progress:
        task = progress.add_task("asking what may be done where")
        material = Material(book, instant, persona, told=lambda n, of: progress.update(task, completed=n, total=of))
    return Site(material, policies)
