"""Show, territory by territory, what the positions come to for one product and action, and who says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from compliance.cli.opening import instant_of, open_book
from compliance.cli.terminal import console, fail, print_json

if TYPE_CHECKING:
    from compliance.engine.coverage import Covered


def coverage(
    *,
    product: Annotated[str, typer.Option(help="The product.")] = "xstocks",
    action: Annotated[str, typer.Option(help="The action.")] = "buy",
    as_of: Annotated[str | None, typer.Option(help="A day or an instant; now by default.")] = None,
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List every territory with what is open there, why, and the source."""
    from compliance.engine.coverage import coverage as covered

    book = open_book(rulebook)
    if product not in book.rulebook.products:
        fail(f"`{product}` is no product", help="known: " + ", ".join(sorted(book.rulebook.products)))
    if action not in book.rulebook.vocabulary.all_actions():
        fail(f"`{action}` is no action", help="known: " + ", ".join(book.rulebook.vocabulary.all_actions()))
    instant = instant_of(as_of, "--as-of")
    found = covered(book.at(instant).ruleset, product, action)
    if as_json:
        print_json(
            {
                "product": product,
                "action": action,
                "as_of": instant.isoformat(),
                "territories": [_json(one) for one in found],
            }
        )
        return
    table = Table(
        "",
        "territory",
        "access",
        "effect",
        "reason",
        "source",
        title=f"{product}: {action} at {instant:%Y-%m-%d %H:%M} UTC",
    )
    for one in found:
        source = "; ".join(f"{cited.title} ({cited.standing})" for cited in one.decisive[:1])
        table.add_row(one.territory, one.name, one.access, one.effect.value, one.reason, source)
    out = console()
    out.print(table)
    out.print(f"{len(found)} territories")


def _json(one: Covered) -> dict[str, object]:
    return {
        "territory": one.territory,
        "name": one.name,
        "access": one.access,
        "effect": one.effect.value,
        "reason": one.reason,
        "sources": [
            {
                "title": cited.title,
                "href": cited.href,
                "standing": cited.standing.value,
                "reviewed_on": str(cited.reviewed_on),
            }
            for cited in one.decisive
        ],
        "positions": [source.id for source in one.positions],
    }
