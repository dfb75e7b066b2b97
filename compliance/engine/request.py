"""One question put to a ruleset, decoded: who (facts), what, with which resource, at which instant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from compliance.engine.facts import Facts
    from compliance.vocabulary.values import Evidence


@dataclass(frozen=True, slots=True)
class Request:
    """A decoded request. Every fact that was given has been read strictly; the others are unknown."""

    action: str
    kind: str
    resource_type: str
    resource_id: str
    product: str | None
    time: datetime
    facts: Facts
    homes: tuple[object, ...]
    """Territory codes where the subject is at home, `UNKNOWN` for one not given."""
    subject_id: str | None = None
    why: Mapping[str, str] = field(default_factory=dict)
    """Path -> why it is unknown, where that is not `not-given`: `stale`, `expired`, `undated`."""
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()
    """Paths of fed facts that nobody feeds."""
    refused: str | None = None
    """Ground of a deny that needs no rule: `unknown-instrument`, `instrument-mismatch`, ..."""
    ignored: tuple[str, ...] = ()
    """Names the vocabulary lacks (AuthZEN only)."""
    warnings: tuple[str, ...] = ()
    counterparty: tuple[str, Request] | None = None
    """The second subject that the action names, as a request of its own."""
    holds_until: datetime | None = None
    """The first instant at which a given fact expires or goes stale."""
    slice: tuple[object, ...] = field(init=False, repr=False, compare=False)
    """What the compiler keeps a function for: action, kind, product, type of resource, homes (`None`: not known)."""

    def __post_init__(self) -> None:
        """Find the slice once; every decision looks it up."""
        homes = tuple(None if home is UNKNOWN else home for home in self.homes)
        key: tuple[object, ...] = (self.action, self.kind, self.product, self.resource_type, homes)
        # Invariant: a refused request has a slice of its own, so no compiled rules can ever answer it.
        object.__setattr__(self, "slice", key if self.refused is None else ("refused", self.refused))
