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
from compliance.cli.opening import open_catalogue, sources_of
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import Console

    from compliance.language.loader import CatalogueBook
    from compliance.language.rulebook import CatalogueEntry
    from compliance.vocabulary.facts import Fact

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
    name="instruments", help="List the instruments, show one, or import the issuer's list.", cls=ListByDefault
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
    entries = _entries(open_catalogue(sources_of(rulebook)), type_)
    found = [
        entry
        for entry in entries.values()
        if (product is None or entry.product == product) and (search is None or _matches(entry, search.casefold()))
    ]
    if as_json:
        print_json({"count": len(found), "entries": [_json(entry) for entry in found]})
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
    say(out, f"{len(found)} of {len(entries)}")


@instruments.command()
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Its id, ISIN, mint or CAIP-19 id.")],
    *,
    type_: Annotated[str, typer.Option("--type", help="The catalogue.")] = "instrument",
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show all that is on file about one instrument, what is not, and what only a feed can say."""
    from compliance.engine.catalogue import find_entry
    from compliance.vocabulary.facts import Origin, ResourceType, Zone
    from compliance.vocabulary.suggestions import did_you_mean

    book = open_catalogue(sources_of(rulebook))
    entries = _entries(book, type_)
    declared = book.vocabulary.resource_types.get(type_)
    entry = find_entry(entries, declared or ResourceType(type_), id_)
    if entry is None:
        fail(f"the catalogue of `{type_}` has no `{id_}`", help=did_you_mean(id_, entries))
    zone = Zone.SUBJECT if declared is None else Zone.RESOURCE
    facts = [
        fact
        for fact in book.vocabulary.facts.values()
        if fact.zone is zone and (fact.kinds is None or type_ in fact.kinds)
    ]
    blank = [fact for fact in facts if Origin.CATALOGUE in fact.origins and fact.path not in entry.facts]
    fed = [fact for fact in facts if Origin.FEED in fact.origins]
    if as_json:
        print_json(
            _json(entry)
            | {
                "place": f"{entry.span.path}:{entry.span.line}",
                "blank": [fact.path for fact in blank],
                "fed": [fact.path for fact in fed],
            }
        )
        return
    out = console()
    say(out, f"{entry.id}  {entry.name}" + ("" if entry.product is None else f"  ({entry.product})"), "bold")
    say(out, f"{entry.span.path}:{entry.span.line}", "dim")
    _facts(out, "", [(fact, _cell(entry, fact.path)) for fact in facts if fact.path in entry.facts])
    _facts(out, "not on file", [(fact, "") for fact in blank])
    _facts(out, "from a feed; here what holds while nobody feeds it", [(fact, _unfed(fact)) for fact in fed])


def _entries(book: CatalogueBook, type_: str) -> Mapping[str, CatalogueEntry]:
    from compliance.vocabulary.suggestions import did_you_mean

    if type_ not in book.catalogue:
        fail(f"there is no catalogue of `{type_}`", help=did_you_mean(type_, book.catalogue))
    return book.catalogue[type_]


def _json(entry: CatalogueEntry) -> dict[str, Any]:
    from compliance.gate.values import spelled

    facts = {path: spelled(value) for path, value in entry.facts.items()}
    return {"type": entry.type, "id": entry.id, "name": entry.name, "product": entry.product, "facts": facts}


def _facts(out: Console, heading: str, rows: Iterable[tuple[Fact, str]]) -> None:
    """Print facts with their values and what they mean."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)  # a mint in two lines is copied wrongly
    table.add_column(style="dim", overflow="fold")
    for fact, value in rows:
        table.add_row(fact.name, Text(value), fact.means)
    if table.rows:
        out.print()
        if heading:
            say(out, heading, "bold")
        out.print(table)


def _unfed(fact: Fact) -> str:
    from compliance.cli.decision_page import shown

    return "unknown" if fact.without_feed is None else shown(fact.without_feed.value)


def _cell(entry: CatalogueEntry, path: str) -> str:
    from compliance.cli.decision_page import shown

    return "" if path not in entry.facts else shown(entry.facts[path])


def _matches(entry: CatalogueEntry, search: str) -> bool:
    texts = (entry.id, entry.name, *(value for value in entry.facts.values() if isinstance(value, str)))
    return any(search in text.casefold() for text in texts)


instruments.command("import")(import_)
