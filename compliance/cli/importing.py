"""Import an issuer's public list of assets into a catalogue: show what it would add and change, then write it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from compliance.cli.exits import Exit
from compliance.cli.opening import errors_of, folder_of, open_catalogue, sources_of, standard_input
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from compliance.language.catalogue_changes import CatalogueChanges, Shelf
    from compliance.language.catalogue_writer import Written
    from compliance.language.issuer_assets import AssetList, AssetProblem
    from compliance.language.loader import CatalogueBook
    from compliance.language.span import Source

TYPE = "instrument"
"""The type of resource that an issuer's list is a list of."""
LONGEST_LIST = 64_000_000
"""Bytes of one file: a page of a hundred assets has half a million."""
MOST_SHOWN = 20
"""Problems that are printed; `--json` has all of them."""
WITHOUT_ADDRESS = ("underlying", "isin")


def import_(
    files: Annotated[list[Path], typer.Argument(help="The issuer's list as JSON: each page of it; `-` reads one.")],
    *,
    product: Annotated[
        str | None, typer.Option(help="The product whose list it is.", show_default="the one it has most of")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the catalogue; without it, only show.")] = False,
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if something would be written.")
    ] = False,
    remove_gone: Annotated[
        bool, typer.Option("--remove-gone", help="Take out what the list no longer has: nobody can sell it then.")
    ] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Take a list of which pages are missing.")] = False,
    rulebook: Annotated[Path | None, typer.Option(help="The folder with rules/ and jurisdictions/.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show what an issuer's list would add to the catalogue and change in it; with --write, write it."""
    from compliance.language.catalogue_changes import changes_between
    from compliance.language.issuer_assets import Chains, read_assets

    if write and only_check:
        fail("`--write` and `--check` exclude each other", help="take one of them out")
    pages, problems = _pages(files)
    sources = sources_of(rulebook)
    book = open_catalogue(sources)
    declared = book.vocabulary.resource_types.get(TYPE)
    if declared is None:
        fail(f"the vocabulary has no type of resource `{TYPE}`", help="a list of assets is a list of instruments")
    chains = Chains(declared.networks, declared.chains)
    assets, found = (None, []) if problems else read_assets(pages, chains)
    problems += found
    if assets is not None and not assets.whole and not partial:
        problems += [_incomplete(pages[0][0])]
    if assets is None or problems:
        _refuse(problems, as_json=as_json)
    shelf = _shelf(book, product, assets)
    changes, found = changes_between(shelf, assets.assets, assets.undeployed)
    if found:
        _refuse(found, as_json=as_json)
    if not assets.whole:
        changes = _without_gone(changes)
    written = _write(sources, rulebook, shelf, assets, changes, remove_gone=remove_gone) if write else None
    if as_json:
        print_json(_json(shelf, assets, changes, written))
    else:
        _print(shelf, assets, changes, written, console())
    pending = bool(changes.added or changes.changed or (remove_gone and changes.gone))
    if (only_check and pending) or (written is not None and written.left):
        raise typer.Exit(Exit.PROBLEMS)


# ------------------------------------------------------------------------------------------------ what comes in


def _pages(files: list[Path]) -> tuple[list[tuple[str, object]], list[AssetProblem]]:
    """Return the name of each file and what JSON says in it, or what is wrong with it."""
    from compliance.engine.json import MalformedJSON, read_json
    from compliance.language.issuer_assets import AssetProblem

    pages: list[tuple[str, object]] = []
    problems: list[AssetProblem] = []
    for file in files:
        name = str(file)
        try:
            if name == "-":
                body = standard_input(LONGEST_LIST + 1)
            else:
                with file.open("rb") as opened:
                    body = opened.read(LONGEST_LIST + 1)
        except OSError as error:
            reason = (error.strerror or "no reason given").lower()
            cure = "name files with the issuer's list as JSON, or `-` for standard input"
            problems.append(AssetProblem(name, "", f"it cannot be read: {reason}", cure))
            continue
        if len(body) > LONGEST_LIST:
            cure = "import its pages one by one, each in a file of its own"
            problems.append(AssetProblem(name, "", f"it is longer than {LONGEST_LIST:,} bytes", cure))
            continue
        try:
            pages.append((name, read_json(body)))
        except MalformedJSON as error:
            cure = "save the answer of the issuer's `/public/assets` again, as it is"
            problems.append(AssetProblem(name, error.pointer, error.message.replace("the body", "it", 1), cure))
    return pages, problems


def _incomplete(file: str) -> AssetProblem:
    from compliance.language.issuer_assets import AssetProblem

    message = "pages of the list are missing: they count from 0, and the last says that none follows"
    cure = "name all of them in one command; with `--partial`, what is there is taken and nothing counts as gone"
    return AssetProblem(file, "/page", message, cure)


def _refuse(problems: list[AssetProblem], *, as_json: bool) -> NoReturn:
    """Say what is wrong with the list, each with its place, and end the command."""
    if as_json:
        said = [{"file": p.file, "pointer": p.pointer, "message": p.message, "help": p.help} for p in problems]
        print_json({"problems": said})
    else:
        out = console(stderr=True)
        for problem in problems[:MOST_SHOWN]:
            place = f"{problem.file}#{problem.pointer}" if problem.pointer else problem.file
            out.print(Text.assemble(("error: ", "bold red"), place, ": ", problem.message), soft_wrap=True)
            if problem.help:
                out.print(Text.assemble(("  help: ", "cyan"), problem.help), soft_wrap=True)
        if len(problems) > MOST_SHOWN:
            say(out, f"and {len(problems) - MOST_SHOWN} more: `--json` has all of them")
        say(out, "nothing was imported", "bold")
    raise typer.Exit(Exit.BAD_INPUT)


def _shelf(book: CatalogueBook, product: str | None, assets: AssetList) -> Shelf:
    """Return the part of the rulebook that the list is about."""
    from compliance.language.catalogue_changes import ZONE, Shelf
    from compliance.vocabulary.facts import Origin
    from compliance.vocabulary.suggestions import did_you_mean

    entries = book.catalogue.get(TYPE, {})
    known = sorted({entry.product for entry in entries.values() if entry.product is not None})
    if product is None:
        ids = {asset.id for asset in assets.assets} | set(assets.undeployed)
        shares = {name: sum(entry.product == name and entry.id in ids for entry in entries.values()) for name in known}
        best = [name for name in known if shares[name] == max(shares.values())]
        if len(best) != 1 or not shares[best[0]]:
            fail("the list does not say whose it is", help=f"add `--product`: one of {', '.join(known)}")
        product = best[0]
    elif product not in book.products:
        fail(f"there is no product `{product}`", help=did_you_mean(product, known))
    elif product not in known:
        cure = f"state one in `rules/instruments/{product}.yaml` with its authority and a first entry"
        fail(f"there is no catalogue of `{product}` to import into", help=cure)
    declared = book.vocabulary.resource_types[TYPE]
    return Shelf(
        product=product,
        suffix=f" {book.products[product].name.removesuffix('s')}",
        facts=frozenset(
            path.removeprefix(ZONE)
            for path, fact in book.vocabulary.facts.items()
            if path.startswith(ZONE) and Origin.CATALOGUE in fact.origins
        ),
        identified_by=tuple(path.removeprefix(ZONE) for path in declared.identified_by),
        entries=entries,
    )


def _without_gone(changes: CatalogueChanges) -> CatalogueChanges:
    """Return the changes without what is gone: what stands on the pages that are missing is not known."""
    from dataclasses import replace

    return replace(changes, gone=())


# ------------------------------------------------------------------------------------------------ what goes out


def _write(
    sources: tuple[Source, ...],
    rulebook: Path | None,
    shelf: Shelf,
    assets: AssetList,
    changes: CatalogueChanges,
    *,
    remove_gone: bool,
) -> Written:
    """Write the catalogue; nothing is written if it would not say afterwards what the list says."""
    from compliance.cli.diagnostics import print_diagnostics
    from compliance.language.catalogue_changes import changes_between
    from compliance.language.catalogue_writer import write_changes
    from compliance.language.loader import load_catalogue
    from compliance.language.span import Source

    written = write_changes(sources, TYPE, shelf, changes, remove_gone=remove_gone)
    after = tuple(Source(source.path, written.files.get(source.path, source.text)) for source in sources)
    book, diagnostics = load_catalogue(after)
    if book is None:
        print_diagnostics(errors_of(diagnostics), after, console(stderr=True))
        fail("the catalogue would not compile any more, so nothing was written", code=Exit.PROBLEMS)
    again, _ = changes_between(_shelf(book, shelf.product, assets), assets.assets, assets.undeployed)
    different = {asset.id for asset in again.added} | {change.id for change in again.changed}
    if different - set(written.left):
        names = ", ".join(sorted(different - set(written.left))[:5])
        cure = "the file is written in a way that is not understood: change these by hand, and report it"
        fail(f"the catalogue would still differ in {names}, so nothing was written", help=cure, code=Exit.PROBLEMS)
    folder = folder_of(rulebook)
    for path, text in written.files.items():
        beside = (folder / path).with_name(f".{Path(path).name}.new")
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(folder / path)  # whole or not at all: a service may be watching the folder
        except OSError as error:
            fail(f"`{folder / path}` cannot be written: {(error.strerror or 'no reason given').lower()}")
    return written


def _json(shelf: Shelf, assets: AssetList, changes: CatalogueChanges, written: Written | None) -> dict[str, Any]:
    return {
        "product": shelf.product,
        "assets": len(assets.assets) + len(assets.undeployed),
        "whole": assets.whole,
        "added": [
            {"id": asset.id, "name": shelf.name_of(asset), "facts": dict(asset.facts), "networks": list(asset.networks)}
            for asset in changes.added
        ],
        "changed": [
            {"id": change.id, "fields": [{"field": f.field, "old": f.old, "new": f.new} for f in change.fields]}
            for change in changes.changed
        ],
        "gone": list(changes.gone),
        "unchanged": changes.unchanged,
        "names": [{"id": name.field, "kept": name.old, "issuer": name.new} for name in changes.named],
        "undeployed": list(assets.undeployed),
        "halted": [asset.id for asset in assets.assets if asset.halted],
        "written": [] if written is None else sorted(written.files),
        "left": {} if written is None else dict(written.left),
    }


def _print(shelf: Shelf, assets: AssetList, changes: CatalogueChanges, written: Written | None, out: Console) -> None:
    if changes.added:
        rows = ([a.id, shelf.name_of(a), *(a.facts.get(f) or "" for f in WITHOUT_ADDRESS)] for a in changes.added)
        _table(out, "added", ("id", "name", *WITHOUT_ADDRESS), rows)
    if changes.changed:
        rows = ([c.id, f.field, f.old or "", f.new or "none"] for c in changes.changed for f in c.fields)
        _table(out, "changed", ("id", "field", "catalogue", "list"), rows)
    if changes.gone:
        say(out, "gone", "bold")
        say(out, ", ".join(changes.gone), indent=1)
        say(out, "what is taken out can be sold no more: `--remove-gone` does it, nothing else does", "dim", indent=1)
        out.print()
    identity = [c.id for c in changes.changed if any(f.field in (*shelf.identified_by, "id") for f in c.fields)]
    if identity:
        many = f"{len(identity)} of them change" if len(identity) > 1 else f"{identity[0]} changes"
        say(out, f"{many} what identifies an instrument: compare with the issuer's page of the product", "yellow")
    if changes.named:
        say(out, f"{len(changes.named)} names that the issuer writes otherwise stay as they are", "dim")
    if assets.undeployed:
        say(out, f"{len(assets.undeployed)} stand on no chain yet and are passed over", "dim")
    halted = [asset.id for asset in assets.assets if asset.halted]
    if halted:
        shown = ", ".join(halted[:5]) + (" ..." if len(halted) > 5 else "")
        say(out, f"{len(halted)} are halted ({shown}): a fact of the feed, not of the catalogue", "dim")
    if not assets.whole:
        say(out, "pages are missing, so nothing counts as gone", "dim")
    total = len(assets.assets) + len(assets.undeployed)
    counts = f"{len(changes.added):,} added, {len(changes.changed):,} changed, {len(changes.gone):,} gone"
    say(out, f"{total:,} assets of {shelf.product}: {counts}, {changes.unchanged:,} as they are", "bold")
    _print_written(changes, written, out)


def _print_written(changes: CatalogueChanges, written: Written | None, out: Console) -> None:
    if written is None:
        if changes.added or changes.changed:
            say(out, "nothing was written: `--write` does that")
        return
    for id_, why in written.left.items():
        say(out, f"left {id_}: {why}", "yellow")
    for path in sorted(written.files):
        say(out, f"wrote {path}")
    if written.files:
        if changes.added:
            say(out, "give what was added its `asset_class:`, which no list states")
        say(out, "run `compliance check`, and say in the catalogue's authority when the list was read")
    else:
        say(out, "nothing to write")


def _table(out: Console, title: str, columns: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    table = Table(*columns, title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    out.print(table)
