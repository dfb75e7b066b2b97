"""Compute the facts that a vocabulary derives from others: aggregate and indirect ownership, and nothing else.

Reference: OFAC's 50 percent rule; see `vocabulary.ownership`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.vocabulary.ownership import Owner, OwnershipCycle, blocked
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from compliance.vocabulary.facts import Computed
    from compliance.vocabulary.unknown import Truth
    from compliance.vocabulary.values import FactValue


def computed_value(computed: Computed, owners: FactValue) -> Truth:
    """Return whether listed owners hold the threshold or more, together and through chains; unknown if that is open.

    `owners` is the value of the fact that holds the owners: a tuple of records, absent (then nobody) or unknown.
    """
    if owners is UNKNOWN:
        return UNKNOWN
    try:
        tree = tuple(_owner(record, computed.listed) for record in owners or ())  # type: ignore[union-attr]
        return blocked(tree, threshold=computed.threshold)
    except (OwnershipCycle, ValueError):
        return UNKNOWN


def _owner(record: object, listed: str) -> Owner:
    raise NotImplementedError
