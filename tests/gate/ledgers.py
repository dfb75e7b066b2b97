"""A real ledger behind a gate, in a folder, with a clock that stands."""

from contextlib import contextmanager

from compliance.gate.logbook import Logbook
from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings
from tests.gate.support import NOW, retail


@contextmanager
def logbook(folder, **settings):
    """Yield a recorder over a ledger in `folder`, whose log time is that of the gate's clock."""
    made = {"clock": lambda: NOW, **settings}
    ledger = Ledger.open(LedgerSettings(f"sqlite:///{folder}/ledger.db", folder, "example.com/log", **made))
    try:
        yield Logbook(ledger)
    finally:
        ledger.close()


def transfer(recipient="customer-2", **facts):
    """Return a transfer of one customer to another."""
    body = retail("transfer")
    party = {"type": "natural-person", "properties": retail(**facts)["subject"]["properties"]}
    body["action"]["properties"]["recipient"] = party if recipient is None else {**party, "id": recipient}
    return body
