"""The options that say where a ledger is; each can come from the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compliance.cli.exits import Exit
from compliance.cli.terminal import fail

if TYPE_CHECKING:
    from compliance.ledger.archive import Archive
    from compliance.ledger.settings import LedgerSettings

FOLDER = Path(".ledger")
"""Where a ledger is kept when nobody says otherwise."""
ORIGIN = "localhost/compliance"
_WHERE = "name the folder with `--ledger`, and a PostgreSQL database with `--database`"

LedgerOption = Annotated[
    Path, typer.Option("--ledger", envvar="COMPLIANCE_LEDGER", help="The folder with the ledger's keys and checkpoint.")
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="COMPLIANCE_DATABASE",
        help="The database's URL, for instance postgresql+psycopg://host/name.",
        show_default="SQLite in the ledger's folder",
    ),
]
OriginOption = Annotated[
    str, typer.Option("--origin", envvar="COMPLIANCE_ORIGIN", help="The log's name: yours for ever, without spaces.")
]


def settings_of(folder: Path, database: str | None, origin: str) -> LedgerSettings:
    """Return the settings of a ledger.

    The environment may give the master key (`COMPLIANCE_MASTER_KEY`, 64 hexadecimal digits) and the file of the signing
    key (`COMPLIANCE_SIGNING_KEY`), else both are files of the folder.
    """
    import os

    from compliance.ledger.note import NoteError, checked_name
    from compliance.ledger.settings import LedgerSettings
    from compliance.ledger.subjects import MasterKey

    try:
        checked_name(origin)
        given = os.environ.get("COMPLIANCE_MASTER_KEY")
        wrapper = None if given is None else MasterKey.of_text(given)
    except (NoteError, ValueError) as error:
        fail(f"the ledger cannot be opened: {error}")
    signing = os.environ.get("COMPLIANCE_SIGNING_KEY")
    key_file = Path(signing).absolute() if signing else None
    place = folder.absolute()
    url = database if database is not None else f"sqlite:///{place / 'ledger.db'}"
    return LedgerSettings(database_url=url, folder=place, origin=origin, signing_key=key_file, wrapper=wrapper)


def open_at(folder: Path, database: str | None) -> Archive:
    """Open a stored log to read it; raises `LedgerError` where there is none. Processes that help call it by name."""
    from compliance.ledger.archive import open_archive

    return open_archive(settings_of(folder, database, ORIGIN))


@contextmanager
def ledger_errors(nothing: str) -> Iterator[None]:
    """End the command with a sentence for whatever a ledger raises; `nothing` says what was not done.

    Code 2 where the ledger's own rules, or the caller, forbid it, 70 otherwise.
    """
    from compliance.ledger import troubles
    from compliance.ledger.errors import LedgerError, LedgerForkedError, NotRecordedError, RefusedError

    try:
        with troubles.said():
            yield
    except NotRecordedError as error:
        fail(f"{nothing}: {error}", help=_WHERE)
    except RefusedError as error:
        fail(f"{nothing}: {error}")
    except LedgerForkedError as error:
        fail(f"{nothing}: {error}", help="see `compliance ledger fork`", code=Exit.FAILED)
    except LedgerError as error:
        fail(f"{nothing}: {error}", code=Exit.FAILED)


@contextmanager
def archive(folder: Path, database: str | None) -> Iterator[Archive]:
    """Open a stored log to read it; where there is none, or it cannot be read, the command ends with code 2."""
    from sqlalchemy.exc import SQLAlchemyError

    from compliance.ledger.errors import LedgerError

    try:
        opened = open_at(folder, database)
    except (LedgerError, ValueError, SQLAlchemyError) as error:
        where = f"`{folder}`" if database is None else "that database"
        fail(f"{where}: {error}", help=_WHERE)
    try:
        yield opened
    finally:
        opened.close()
