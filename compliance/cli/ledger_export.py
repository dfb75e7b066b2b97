"""Write the entries of a stored log into files for other tools, masked, such that an outsider can prove them."""

from __future__ import annotations

import json
import os
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.exits import Exit
from compliance.cli.ledger_options import FOLDER, DatabaseOption, LedgerOption, archive, settings_of
from compliance.cli.ledger_stats import JsonOption, SinceOption, UntilOption
from compliance.cli.ledger_verify import text_in
from compliance.cli.opening import instant_of
from compliance.cli.progress import watched
from compliance.cli.terminal import console, fail, print_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from compliance.ledger.archive import Archive
    from compliance.ledger.export import Exported

MANIFEST, PERSONAL = "manifest.json", "personal.jsonl"


class Format(StrEnum):
    """What an export may be."""

    JSONL = "jsonl"
    PARQUET = "parquet"


def export(  # noqa: PLR0913 - one for each option of the command
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A folder that is not there yet, or empty.")],
    format_: Annotated[Format, typer.Option("--format", help="JSON Lines, or Parquet (extra `bulk`).")] = Format.JSONL,
    since: SinceOption = None,
    until: UntilOption = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A signed checkpoint that was kept elsewhere: show that it is continued.")
    ] = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="With the personal parts, in a file of their own.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why personal parts are taken out: recorded for ever.")] = "",
    by: Annotated[str, typer.Option(help="Who takes them out: recorded for ever.")] = "",
    ledger: LedgerOption = FOLDER,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write entries and a manifest that leads from them to a signed root; without personal parts unless asked for.

    `docs/verify/verify_export.py` proves an export with the log's public key alone. That personal parts were taken out,
    by whom and why, is itself recorded in the log before they are.

    Exit codes: 0 written, 1 the stored tree is not the one that was signed, 2 bad input.
    """
    start = None if since is None else instant_of(since, "--since")
    end = None if until is None else instant_of(until, "--until")
    if personal and not (reason.strip() and by.strip()):
        fail("`--personal` needs `--reason` and `--by`", help="say why the personal parts are taken out, and who does")
    if not personal and (reason or by):
        fail("`--reason` and `--by` belong to `--personal`")
    _check_folder(out, format_)
    with archive(ledger, database) as opened:
        if personal:
            _make_folder(out)
            _record(opened, ledger, database, start, end, reason, by)
        kept = [text_in(path) for path in checkpoint or ()]
        exported = _written(opened, out, format_, (start, end), kept, personal=personal)
    if as_json:
        print_json({"folder": str(out), "files": exported.files, "parts": [part.document() for part in exported.parts]})
        return
    for name, rows in exported.files.items():
        say(console(), f"{out / name}: {rows:,} rows")
    say(console(), f"{out / MANIFEST}: what leads from them to a signed root")
    if any(part.checkpoint is None for part in exported.parts):
        say(
            console(stderr=True),
            "warning: no signed checkpoint covers a part of it, so that part proves nothing",
            "yellow",
        )


def _check_folder(out: Path, format_: Format) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        fail(f"`{out}` is there already", help="name a folder that is not there yet, or empty")
    if format_ is Format.PARQUET:
        try:
            import_module("pyarrow")
        except ImportError:
            fail(
                "Parquet needs pyarrow, which is not installed",
                help="install the extra `bulk`, or take `--format jsonl`",
            )


def _make_folder(out: Path) -> None:
    """Make the folder, before anything is said for ever about what will be in it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"`{out}` cannot be written: {(error.strerror or 'no reason given').lower()}")


def _record(
    opened: Archive,
    ledger: Path,
    database: str | None,
    start: datetime | None,
    end: datetime | None,
    reason: str,
    by: str,
) -> None:
    """Have the log say that personal parts are taken out, by whom and why, before they are."""
    from compliance.ledger.entry import DecisionRecord
    from compliance.ledger.errors import LedgerError
    from compliance.ledger.ledger import Ledger

    if opened.subjects is None:
        fail("the keys of persons are not at hand, so nothing personal can be read")
    settings = settings_of(ledger, database, opened.origins[opened.epoch])
    if not settings.signing_path.is_file():
        fail(
            "personal parts are taken out only where that can be recorded, and the log's signing key is not there",
            help="export where the service runs, or leave out `--personal`",
        )
    span = {name: None if at is None else at.isoformat() for name, at in (("since", start), ("until", end))}
    public = {"by": by.strip(), "reason": reason.strip(), **span}
    try:
        writing = Ledger.open(settings)
        try:
            writing.append(DecisionRecord(public, {}, None, "", b"", b"", "export")).result(60)
        finally:
            writing.close()
    except (LedgerError, TimeoutError) as error:
        fail(f"nothing was taken out, because that could not be recorded: {error}", code=Exit.FAILED)


def _written(
    opened: Archive,
    out: Path,
    format_: Format,
    span: tuple[datetime | None, datetime | None],
    kept: Sequence[str],
    *,
    personal: bool,
) -> Exported:
    from compliance.ledger import export as made
    from compliance.ledger.errors import TamperedError
    from compliance.ledger.note import NoteError

    try:
        exported = made.Exported(made.parts(opened, *span, kept))
    except TamperedError as error:
        fail(str(error), code=Exit.PROBLEMS)
    except NoteError as error:
        fail(f"`--checkpoint`: {error}")
    total = sum(part.end - part.start for part in exported.parts)
    _make_folder(out)
    found = watched(made.entries(opened, exported.parts), total, "writing")
    name = f"entries.{format_.value}"
    if format_ is Format.PARQUET:
        exported.files[name] = made.write_parquet(found, out / name)
    else:
        with (out / name).open("wb") as file:
            exported.files[name] = made.write_lines(found, file)
    if personal:
        again = watched(made.entries(opened, exported.parts), total, "opening")
        descriptor = os.open(out / PERSONAL, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as text:  # noqa: PTH123 - made with its mode
            exported.files[PERSONAL] = made.write_personal(opened, again, text)
    # The manifest comes last: a folder without one is no whole export.
    _write_manifest(made.manifest(exported, out), out)
    return exported


def _write_manifest(document: dict[str, Any], out: Path) -> None:
    (out / MANIFEST).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
