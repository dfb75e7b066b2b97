"""Compute the facts that a vocabulary derives from others: aggregate and indirect ownership, and nothing else.

Reference: OFAC's 50 percent rule (OFAC FAQ 398 and 399 to 402); see `vocabulary.ownership`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from compliance.vocabulary.ownership import Owner, blocked
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.vocabulary.facts import Computed
    from compliance.vocabulary.unknown import Truth
    from compliance.vocabulary.values import FactValue


def computed_value(computed: Computed, values: Mapping[str, FactValue]) -> Truth:
    """Return whether listed owners hold the threshold or more, together and through chains; unknown if that is open.

    `values` maps paths to what the request gives. An owners' fact that is absent has no owners on file, so their shares
    are not known either.

    Raises:
        OwnershipError: if the owners contradict themselves: more than 100 percent, or a circle.
    """
    owners = values.get(computed.over, UNKNOWN)
    if owners is UNKNOWN:
        return UNKNOWN
    listed = owners if isinstance(owners, tuple) else ()
    threshold = computed.threshold if isinstance(computed.threshold, Decimal) else Decimal(50)
    owners_on_file = (_owner(record, computed.listed) for record in listed)
    return blocked(owners_on_file, threshold=threshold, nobody_owns=computed.unowned)


def _owner(record: object, listed: str) -> Owner:
    """Return an owner record (`id`, `kind`, `share`, `owners` and the flag named `listed`) as an owner."""
    if not isinstance(record, Record):
        msg = "owners are a list of records"
        raise TypeError(msg)
    share, flag, kind, name, owners = (record[key] for key in ("share", listed, "kind", "id", "owners"))
    return Owner(
        id=name if isinstance(name, str) else None,
        kind=kind if isinstance(kind, str) else UNKNOWN,
        share=share if isinstance(share, Decimal) else UNKNOWN,
        listed=flag if isinstance(flag, bool) else UNKNOWN,
        owners=tuple(_owner(owner, listed) for owner in owners) if isinstance(owners, tuple) else (),
    )
