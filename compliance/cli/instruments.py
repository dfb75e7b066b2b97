"""List what a rulebook's catalogues hold: the instruments, and whatever else has entries.

`compliance instruments` with anything but the name of a command behind it is `compliance instruments list`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from compliance.cli.importing import import_
from compliance.cli.opening import open_book
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from compliance.language.rulebook import CatalogueEntry

WIDEST = 20
"""Characters of a fact that a table has room for; `--json` has all of them."""


class ListByDefault(TyperGroup):
    """Takes what names no command of the group as words for `list`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `list` before words that do not begin with a command or ask for help."""
        if not args or args[0] not in (*self.commands, *ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


instruments = typer.Typer(
    name="instruments", help="List the instruments, or import the issuer's list.", cls=ListByDefault
)


@instruments.command("list")
def list_(
    search: Annotated[str | None, typer.Argument(help="A part of an id, a name or an identifier.")] = None,
    *,
    type_: Annotated[str, typer.Option("--type", help="The catalogue.")] = "instrument",
    product: Annotated[str | None, typer.Option(help="Only those of this product.")] = None,
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List the instruments, with what the catalogue says about each."""
    from compliance.vocabulary.suggestions import did_you_mean

    catalogue = open_book(rulebook).rulebook.catalogue
    if type_ not in catalogue:
        fail(f"there is no catalogue of `{type_}`", help=did_you_mean(type_, catalogue))
    found = [
        entry
        for entry in catalogue[type_].values()
        if (product is None or entry.product == product) and (search is None or _matches(entry, search.casefold()))
    ]
    if as_json:
        from compliance.gate.values import spelled

        said = [
            {
                "type": entry.type,
                "id": entry.id,
                "name": entry.name,
                "product": entry.product,
                "facts": {path: spelled(value) for path, value in entry.facts.items()},
            }
            for entry in found
        ]
        print_json({"count": len(said), "entries": said})
        return
    out = console()
    # A column for each fact in which the entries differ: what all share is said once, below.
    paths = list(dict.fromkeys(path for entry in found for path in entry.facts))
    differing = [path for path in paths if len({entry.facts.get(path) for entry in found}) > 1]
    shown = [path for path in differing if all(len(_cell(entry, path)) <= WIDEST for entry in found)]
    shown = [path for path in shown if path.split(".", 1)[-1] != "name"]
    table = Table("id", "name", *(path.split(".", 1)[-1] for path in shown), box=SIMPLE_HEAD, pad_edge=False)
    for entry in found:
        cells = [entry.id, entry.name, *(_cell(entry, path) for path in shown)]
        table.add_row(*(Text(cell, overflow="fold") for cell in cells))
    if found:
        out.print(table)
    for path in paths:
        if path not in differing:
            say(out, f"{path} = {_cell(found[0], path)}", "dim")
    say(out, f"{len(found)} of {len(catalogue[type_])}")


def _cell(entry: CatalogueEntry, path: str) -> str:
    from compliance.cli.decision_page import shown

    return "" if path not in entry.facts else shown(entry.facts[path])


def _matches(entry: CatalogueEntry, search: str) -> bool:
    texts = (entry.id, entry.name, *(value for value in entry.facts.values() if isinstance(value, str)))
    return any(search in text.casefold() for text in texts)


instruments.command("import")(import_)
