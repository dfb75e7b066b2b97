"""Show, territory by territory, what the positions come to for one product and action: as a table, JSON or a map."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from compliance.cli.opening import instant_of, open_book
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from compliance.engine.coverage import Covered
    from compliance.engine.ruleset import Ruleset


def coverage(
    *,
    product: Annotated[str, typer.Option(help="The product.")] = "xstocks",
    action: Annotated[str, typer.Option(help="The action.")] = "buy",
    as_of: Annotated[str | None, typer.Option(help="A day or an instant; now by default.")] = None,
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", metavar="FILE.svg", help="Draw a world map coloured by access.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List every territory with what is open there, why, and the source; or draw it as a map."""
    from compliance.engine.coverage import coverage as covered
    from compliance.engine.coverage import products

    instant = instant_of(as_of, "--as-of")
    ruleset = open_book(rulebook).at(instant).ruleset
    _known("product", product, products(ruleset))
    _known("action", action, ruleset.vocabulary.all_actions())
    found = covered(ruleset, product, action)
    if map_file is not None:
        _write_map(map_file, found, ruleset, f"{product}: {action}", instant)
    if as_json:
        print_json(
            {
                "product": product,
                "action": action,
                "as_of": f"{instant:%Y-%m-%dT%H:%M:%SZ}",
                "digest": ruleset.digest,
                "territories": [_json(one) for one in found],
            }
        )
    elif map_file is None:
        _print_table(found, f"{product}: {action} at {instant:%Y-%m-%d %H:%M} UTC")
    else:
        say(console(), f"drew {len(found)} territories into {map_file}")


def _known(what: str, name: str, names: Iterable[str]) -> None:
    from compliance.vocabulary.suggestions import did_you_mean

    if name not in names:
        fail(f"`{name}` is no {what}", help=did_you_mean(name, names))


def _write_map(file: Path, found: tuple[Covered, ...], ruleset: Ruleset, title: str, instant: datetime) -> None:
    from compliance.cli.drawing import draw

    footer = (
        f"As of {instant:%d %B %Y, %H:%M} UTC, rules {ruleset.digest[:19]}. Borders: Natural Earth (public domain)."
    )
    action = title.rsplit(": ", 1)[1]
    try:
        file.write_text(draw(found, ruleset.vocabulary, action, title, footer), encoding="utf-8")
    except OSError as error:
        fail(f"`{file}` cannot be written: {(error.strerror or 'no reason given').lower()}")


def _print_table(found: tuple[Covered, ...], title: str) -> None:
    out = console()
    say(out, title, "bold")
    table = Table("", "territory", "access", "effect", "reason", "source", box=SIMPLE_HEAD, pad_edge=False)
    for one in found:
        others = f" and {len(one.decisive) - 1} more" if len(one.decisive) > 1 else ""
        source = "".join(f"{cited.title} ({cited.standing})" for cited in one.decisive[:1]) + others
        row = (one.territory, one.name, one.access, one.effect.value, one.reason, source)
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)
    tally = ", ".join(f"{many} {effect}" for effect, many in Counter(one.effect.value for one in found).most_common())
    say(out, f"{len(found)} territories: {tally}")


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
