"""Where answers are recorded before they leave; a log plugs in here.

Invariant: the gate gives out no answer before `record` has returned for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance.gate.answer import Answer


class Recorder(Protocol):
    """Makes answers durable."""

    @property
    def records(self) -> bool:
        """Say whether anything is kept at all; shown by `/readyz`."""
        ...

    async def record(self, answers: Sequence[Answer]) -> Sequence[str | None]:
        """Return once all `answers` are durable, with the receipt of each; raise if they are not."""
        ...


class NoRecorder:
    """Records nothing, and says so: no answer has a receipt."""

    records = False

    async def record(self, answers: Sequence[Answer]) -> Sequence[str | None]:
        """Return no receipt for each of `answers`."""
        return [None] * len(answers)
