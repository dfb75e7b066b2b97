"""An app with a real ledger."""

from contextlib import contextmanager

from tests.api.support import NOW, Client
from tests.gate.ledgers import logbook


@contextmanager
def recorded(folder, book=None, now=NOW, **settings):
    """Yield a client of an app that records in a ledger in `folder`."""
    with logbook(folder, **settings) as kept:
        yield Client(book, kept, now)
