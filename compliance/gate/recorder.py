"""Where answers are recorded before they leave; a log plugs in here.

Invariant: the gate gives out no answer before `record` has returned for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from compliance.gate.feeds import NOTHING
from compliance.ledger.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from compliance.gate.answer import Answer
    from compliance.gate.feeds import Fed
    from compliance.gate.forms import Form
    from compliance.language.rulebook import Rulebook
    from compliance.ledger.entry import IdempotencyKey


class NoLedgerError(LedgerError):
    """Something was asked that only a service with a ledger can do (501)."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """One answer to be recorded: the bytes of its request, and of itself but for the receipt."""

    answer: Answer
    form: Form
    rulebook: Rulebook
    """What answered; its source is kept before the first answer by it is recorded."""
    request: bytes
    response: bytes
    key: IdempotencyKey | None = None
    fed: Fed = NOTHING
    """What feeds said when it was decided."""


class Receipted(msgspec.Struct, frozen=True, gc=False):
    """An answer that is on record: its bytes but for the receipt, and the receipt, a text as JSON."""

    response: bytes
    receipt: bytes | None
    repeated: bool = False
    """Whether these bytes were answered before, to the same idempotency key."""


class Recorder(Protocol):
    """Makes answers durable."""

    @property
    def records(self) -> bool:
        """Say whether anything is kept at all; shown by `/readyz`."""
        ...

    @property
    def trouble(self) -> str | None:
        """Say why nothing is recorded any more; `None` while all is well."""
        ...

    async def unready(self) -> str | None:
        """Return why an answer could not be recorded now, `None` if it could; takes at most a second."""
        ...

    async def record(self, records: Sequence[Record]) -> Sequence[Receipted]:
        """Return once all `records` are durable, what each is answered with.

        Raises:
            IdempotencyConflictError: if a key was used for another request.
            ErasedError: if what a key was answered with was erased.
            NoLedgerError: if a record has a key and nothing is kept.
            LedgerError: if any of them could not be made durable.
        """
        ...

    def begin(self, record: Record, done: Callable[[Receipted | Exception], None]) -> None:
        """Record one; `done` is called on the running event loop, as soon as it is durable or has failed.

        Raises:
            LedgerError: if it can be seen at once that it will not be; then `done` is not called.
        """
        ...


class NoRecorder:
    """Records nothing, and says so: no answer has a receipt."""

    records = False
    trouble = None

    async def unready(self) -> str | None:
        """Say that there is nothing to wait for."""
        return None

    async def record(self, records: Sequence[Record]) -> Sequence[Receipted]:
        """Return each of `records` without receipt."""
        for record in records:
            if record.key is not None:
                raise _no_keys()
        return [Receipted(record.response, None) for record in records]

    def begin(self, record: Record, done: Callable[[Receipted | Exception], None]) -> None:
        """Give `record` to `done`, without receipt; raise `NoLedgerError` for one that has a key."""
        if record.key is not None:
            raise _no_keys()
        done(Receipted(record.response, None))


def _no_keys() -> NoLedgerError:
    return NoLedgerError("idempotency keys are kept in a ledger")
