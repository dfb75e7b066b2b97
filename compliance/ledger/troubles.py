"""Errors of databases, disks and key files -> errors of the ledger, in a sentence that quotes no one's data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from compliance.ledger.errors import LedgerError, LedgerUnavailableError
from compliance.storage.database import DatabaseMovedError

_DRIVERS = ("sqlite3", "psycopg")


@contextmanager
def said() -> Iterator[None]:
    """Raise whatever a database, a disk or a key file raises as a `LedgerError` that says what is the matter."""
    try:
        yield
    except (SQLAlchemyError, OSError, DatabaseMovedError) as error:
        raise LedgerUnavailableError(reason_of(error)) from error
    except ValueError as error:
        raise LedgerError(str(error)) from error
    except Exception as error:
        # Some statements go past SQLAlchemy, and fail as the driver says it.
        if type(error).__module__.split(".")[0] in _DRIVERS:
            raise LedgerUnavailableError(reason_of(error)) from error
        raise


def reason_of(error: Exception) -> str:
    """Say why a database or a file cannot be used, quoting no parameter of any statement."""
    driven = error.orig if isinstance(error, DBAPIError) else error
    # The server, the file or the disk, not what is in the statement.
    if OperationalError.__name__ in {kind.__name__ for kind in type(driven).__mro__}:
        return f"the database cannot be used: {str(driven).splitlines()[0]}"
    if isinstance(error, DatabaseMovedError):
        return str(error)
    if isinstance(error, OSError):
        return f"`{Path(error.filename).name if error.filename else 'the disk'}`: {(error.strerror or '').lower()}"
    return f"the database cannot be used ({type(driven).__name__})"
