"""What the engine answers: a verdict that determines, and the explanation that goes with it.

A `Verdict` is what evaluator and compiler must agree on. A `Decision` is a verdict explained for people. The gate adds
what depends on the clock: id, `decided_at`, `expires_at`, binding, receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from datetime import datetime

    from compliance.language.rulebook import Rule
    from compliance.vocabulary.authority import Authority
    from compliance.vocabulary.values import FactValue


class Outcome(StrEnum):
    """The four outcomes, strictest first."""

    DENY = "deny"
    INCOMPLETE = "incomplete"
    REFER = "refer"
    ALLOW = "allow"

    @property
    def severity(self) -> int:
        """Return 0 for the strictest outcome up to 3 for allow."""
        return list(Outcome).index(self)


NOTHING_PERMITS = "nothing-permits"
"""Ground of a deny for which no forbid is true: for some home of the subject no permit is."""
RULE_ERROR = "rule-error"
"""Ground of a refer for which only errors stand in the way of an answer."""


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule that could not be evaluated, and why; it counts as unknown."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome and the rules that determined it, each list in order of rule id."""

    outcome: Outcome
    grounds: tuple[Rule, ...]
    """deny: true forbids (none: nothing permits); incomplete: what blocks; refer: what refers; allow: true permits."""
    unsettled: tuple[Rule, ...] = ()
    """Rules whose value is unknown and that matter for the outcome."""
    requirements: tuple[Rule, ...] = ()
    """incomplete: every require that is not true."""
    obligations: tuple[Rule, ...] = ()
    """allow: every oblige that is not false."""
    errors: tuple[RuleFailure, ...] = ()


# Structs, since a decision is made anew for each request: making one of these is a tenth of what a dataclass costs.
class UsedFact(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A fact that a ground rests on."""

    path: str
    value: FactValue

    def __eq__(self, other: object) -> bool:
        """Say whether both show the same: an unknown value shows as itself, whatever it may be."""
        if not isinstance(other, UsedFact) or self.path != other.path:
            return False
        if self.value is UNKNOWN or other.value is UNKNOWN:
            return self.value is other.value
        return self.value == other.value

    def __hash__(self) -> int:
        """Hash by the path: the value may be unknown."""
        return hash(self.path)


class LeafFinding(msgspec.Struct, frozen=True, gc=False):
    """One term of a ground's condition: the officer's words, what it came to, on which facts."""

    source: str
    says: str | None
    value: bool | None
    """`None` is unknown."""
    facts: tuple[UsedFact, ...]


class Ground(msgspec.Struct, frozen=True, gc=False):
    """A rule that determined the outcome, with what it says and its authority."""

    rule: str
    effect: str
    says: str
    value: bool | None
    leaves: tuple[LeafFinding, ...]
    authority: tuple[Authority, ...]
    jurisdiction: str | None = None
    layer: str | None = None
    homes: tuple[str, ...] = ()
    """Homes for which the rule holds, where it looks at homes."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that is unknown and matters."""

    fact: str
    origins: tuple[str, ...]
    ask: str | None
    why: str
    """`not-given`, `stale`, `expired`, `undated`, `too-coarse` or `not-on-file` (inside a record)."""
    blocks: tuple[str, ...]
    """Ids of the rules that wait for it."""
    choices: tuple[str, ...] = ()
    """For a territory given too coarsely: the regions that would settle it."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A require that is not met, or not known to be."""

    rule: str
    says: str
    remedy: str | None
    met: bool | None
    """`False`: it is not met; `None`: that is not known."""
    authority: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """What the caller must do when allowed."""

    rule: str
    type: str
    says: str
    authority: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class Assumption:
    """A fed fact that nobody feeds and that the answer rests on, with what is taken to hold and who says so."""

    fact: str
    value: FactValue
    authority: tuple[Authority, ...]


class NearestPermit(msgspec.Struct, frozen=True, gc=False):
    """For a home that nothing permits: a permit that came close, or that lapsed."""

    home: str
    rule: str
    says: str
    lapsed_on: datetime | None
    failing: tuple[LeafFinding, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would have to be different for the outcome to change."""

    fact: str
    value: FactValue


class Decision(msgspec.Struct, frozen=True, gc=False):
    """A verdict explained."""

    outcome: Outcome
    ground: str | None
    """`nothing-permits`, `rule-error`, `unknown-<type>`, `<type>-mismatch`, `action-not-for-<type>`, or the name of
    the counterparty where its decision is the stricter; else `None`."""
    grounds: tuple[Ground, ...]
    missing: tuple[MissingFact, ...]
    requirements: tuple[Requirement, ...]
    obligations: tuple[Obligation, ...]
    assumed: tuple[Assumption, ...]
    errors: tuple[RuleFailure, ...]
    nearest: tuple[NearestPermit, ...]
    ruleset_digest: str
    as_of: datetime
    changes: tuple[Change, ...] | None = None
    """For a deny: a least set of facts that would have to be different; empty if the customer can change nothing.

    `None` for other outcomes, and where neither is certain.
    """
    warnings: tuple[str, ...] = ()
    counterparty: tuple[str, Decision] | None = None
    """For a transfer with a recipient: the recipient's name in the request and its own decision."""


__all__ = [
    "NOTHING_PERMITS",
    "RULE_ERROR",
    "Assumption",
    "Change",
    "Decision",
    "Ground",
    "LeafFinding",
    "MissingFact",
    "NearestPermit",
    "Obligation",
    "Outcome",
    "Requirement",
    "RuleFailure",
    "UsedFact",
    "Verdict",
]
