"""Errors of databases, disks and key files -> errors of the ledger, in a sentence that quotes no one's data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from compliance.ledger.errors import LedgerError, LedgerUnavailableError
from compliance.storage.database import DatabaseMovedError


@contextmanager
def said() -> Iterator[None]:
    """Raise whatever a database, a disk or a key file raises as a `LedgerError` that says what is the matter."""
    try:
        yield
    except (SQLAlchemyError, OSError, DatabaseMovedError) as error:
        raise LedgerUnavailableError(reason_of(error)) from error
    except ValueError as error:
        raise LedgerError(str(error)) from error


def reason_of(error: Exception) -> str:
    """Say why a database or a file cannot be used, quoting no parameter of any statement."""
    if isinstance(error, OperationalError):  # the server, the file or the disk, not what is in the statement
        return f"the database cannot be used: {str(error.orig).splitlines()[0]}"
    if isinstance(error, DatabaseMovedError):
        return str(error)
    if isinstance(error, OSError):
        return f"`{Path(error.filename).name if error.filename else 'the disk'}`: {(error.strerror or '').lower()}"
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"the database cannot be used ({type(cause).__name__})"
