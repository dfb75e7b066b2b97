"""One question put to a ruleset, decoded: who (facts), what, with which resource, at which instant.

A msgspec Struct, because making one is a tenth of what a frozen dataclass costs, and every decision makes one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from compliance.engine.facts import Facts
    from compliance.vocabulary.values import Evidence


# gc=False: a request holds nothing that holds it, so the collector need not follow it.
class Request(msgspec.Struct, frozen=True, gc=False):
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
    why: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Path -> why it is unknown, where that is not `not-given`: `stale`, `expired`, `undated`."""
    evidence: Mapping[str, Evidence] = msgspec.field(default_factory=dict)
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
    slice: tuple[object, ...] = ()
    """What the compiler keeps a function for: action, kind, product, type of resource, homes (`None`: not known).

    Invariant: always that of the fields above, whatever is given for it.
    """

    def __post_init__(self) -> None:
        """Find the slice once; every decision looks it up. `msgspec.structs.replace` comes here too."""
        homes, given = self.homes, self.slice
        # Whoever makes many requests has made their slices before: one of the very same parts is theirs.
        if (
            len(given) == 5
            and given[4] is homes
            and given[3] is self.resource_type
            and given[2] is self.product
            and given[1] is self.kind
            and given[0] is self.action
            and self.refused is None
            and len(homes) == 1
            and homes[0] is not UNKNOWN
        ):
            return
        for home in homes:
            if home is UNKNOWN:
                homes = tuple(None if found is UNKNOWN else found for found in homes)
                break
        key: tuple[object, ...] = (self.action, self.kind, self.product, self.resource_type, homes)
        # Invariant: a refused request has a slice of its own, so no compiled rules can ever answer it.
        msgspec.structs.force_setattr(self, "slice", key if self.refused is None else ("refused", self.refused))
