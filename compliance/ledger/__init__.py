"""What was decided: an append-only Merkle log of salted commitments, signed, provable to anybody."""

from compliance.ledger.committer import Recorded
from compliance.ledger.entry import DecisionRecord, IdempotencyKey
from compliance.ledger.errors import LedgerError
from compliance.ledger.ledger import Ledger
from compliance.ledger.settings import LedgerSettings

__all__ = ["DecisionRecord", "IdempotencyKey", "Ledger", "LedgerError", "LedgerSettings", "Recorded"]
