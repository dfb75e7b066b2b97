"""What leaves the gate: a decision with its name, its times, whether it binds, and the proof that it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from compliance.engine.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from compliance.engine.decision import Decision, Obligation
    from compliance.engine.explanations import Explanation
    from compliance.engine.request import Request


@dataclass(frozen=True, slots=True)
class RulesetMark:
    """Which rules answered."""

    digest: str
    status: str
    """`unpublished` for files that were read from a folder."""
    version: str | None = None
    """The published version, where there is a registry."""


# gc=False: an answer holds nothing that holds it, so the collector need not follow it.
class Answer(msgspec.Struct, frozen=True, gc=False):
    """One decision as it leaves the gate."""

    id: str
    request: Request
    decision: Decision
    ruleset: RulesetMark
    decided_at: datetime
    expires_at: datetime | None
    """From this instant on an allow counts as a deny; `None` for a what-if, which allows nothing."""
    binding: bool
    receipt: str | None = None
    """The proof that the answer is in the log, where there is one."""
    own: tuple[bytes, ...] | None = None
    """What is its own in its JSON, in the order of `gate.pieces`: it is in the answer and in its record.

    Invariant: whoever replaces something that is spelt in it sets it to `None`; then it is spelt anew."""
    explanation: Explanation | None = None
    """What explains it and all answers like it; `None` where it names two subjects, or is like no other."""

    @property
    def allows(self) -> bool:
        """Say whether the client may go ahead now, once it does what `obligations` says."""
        return self.binding and self.decision.outcome is Outcome.ALLOW

    def obligations(self) -> Iterator[Obligation]:
        """Yield what the client must do, for both subjects where the action names two."""
        yield from self.decision.obligations
        if self.decision.counterparty is not None:
            yield from self.decision.counterparty[1].obligations

    def allows_a_client_that(self, declared: frozenset[str]) -> bool:
        """Say whether a client that sees to obligations of the `declared` types, and no others, may go ahead."""
        return self.allows and all(found.type in declared for found in self.obligations())
