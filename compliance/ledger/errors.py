"""Why the ledger does not answer, and what a caller may do about it. The API maps these to statuses."""

from __future__ import annotations

from datetime import datetime


class LedgerError(Exception):
    """The ledger did not do what was asked; `retry_after` is in seconds, None where trying again is no use."""

    retry_after: float | None = None


class LedgerUnavailableError(LedgerError):
    """Nothing was answered, because the record could not be made durable (503): try again."""

    retry_after = 1.0


class LedgerBusyError(LedgerUnavailableError):
    """The queue is full (503 or 429): try again later; nothing was recorded."""


class OvertakenError(LedgerUnavailableError):
    """Something was recorded first that this was not checked against (503): look again; nothing was recorded."""


class KeysUnavailableError(LedgerUnavailableError):
    """The key store or the key service does not answer (503): nothing is ever written in plain text instead."""


class LedgerForkedError(LedgerError):
    """The database is not the continuation of what was signed (503): only a new epoch goes on."""


class LedgerClosedError(LedgerError):
    """The ledger was closed (503)."""


class EntryTooLargeError(LedgerError):
    """The public part of an entry exceeds what an entry bundle can hold (65,535 bytes)."""


class IdempotencyConflictError(LedgerError):
    """The idempotency key was used for a different request (409)."""


class ErasedError(LedgerError):
    """The personal part of the entry was erased: its key no longer exists (410)."""


class NotRecordedError(LedgerError):
    """The log has no such entry, decision or ruleset (404)."""


class TamperedError(LedgerError):
    """What is stored is not what the log committed to."""


class NotVerifiedError(LedgerError):
    """A verification did not come to its end: it says neither that the log is good nor that it is not."""


class RefusedError(LedgerError):
    """The ledger's own rules forbid it: a second person is needed, or it was done before (409)."""


class RetainedError(LedgerError):
    """The person may not be erased yet (409); `until` says when, None while a hold stands."""

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until
