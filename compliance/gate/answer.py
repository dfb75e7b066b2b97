"""What leaves the gate: a decision with its name, its times, whether it binds, and the proof that it is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import force_setattr

from compliance.engine.decision import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from compliance.engine.decision import Decision, Obligation
    from compliance.engine.explanations import Explanation
    from compliance.engine.request import Request


Own = tuple[bytes, bytes, bytes, bytes, bytes, bytes]
"""The JSON of what is an answer's own: `id`, `as_of`, `decided_at`, `expires_at`, `ignored`, `resource_id`."""
Tally = tuple[str, Outcome, bool]
"""What decisions are counted by: action, outcome, and whether it binds."""


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
    ruleset: RulesetMark
    decided_at: datetime
    expires_at: datetime | None
    """From this instant on an allow counts as a deny; `None` for a what-if, which allows nothing."""
    binding: bool
    made: Decision | None = None
    """The decision; `None` until it is asked for where `explanation` makes it. Most answers are spelled without."""
    explanation: Explanation | None = None
    """What explains it and all answers like it; `None` where it names two subjects, or is like no other.

    Invariant: one of both is there."""
    receipt: str | None = None
    """The proof that the answer is in the log, where there is one."""
    own: Own | None = None
    """What is its own in its JSON: it is in the answer and in its record.

    Invariant: whoever replaces something that is spelt in it sets it to `None`; then it is spelt anew."""

    @property
    def decision(self) -> Decision:
        """What was decided and why."""
        made = self.made
        if made is None:
            if self.explanation is None:
                raise TypeError("an answer has a decision, or what explains it")
            made = self.explanation.of(self.request)
            force_setattr(self, "made", made)
        return made

    @property
    def tally(self) -> Tally:
        """What it is counted by."""
        explanation = self.explanation
        outcome = self.decision.outcome if explanation is None else explanation.decision.outcome
        return self.request.action, outcome, self.binding

    @property
    def allows(self) -> bool:
        """Say whether the client may go ahead now, once it does what `obligations` says."""
        return self.binding and self.tally[1] is Outcome.ALLOW

    def obligations(self) -> Iterator[Obligation]:
        """Yield what the client must do, for both subjects where the action names two."""
        yield from self.decision.obligations
        if self.decision.counterparty is not None:
            yield from self.decision.counterparty[1].obligations

    def allows_a_client_that(self, declared: frozenset[str]) -> bool:
        """Say whether a client that sees to obligations of the `declared` types, and no others, may go ahead."""
        return self.allows and all(found.type in declared for found in self.obligations())
