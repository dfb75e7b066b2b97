"""Say until when the records of a person must be kept: a dated, cited parameter of the rulebook, by jurisdiction.

The parameter is called `record-retention` and is a duration, counted from each decision. A jurisdiction's own value
holds for decisions that its rules determined; the house's for all others.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

    from compliance.language.rulebook import Rulebook
    from compliance.ledger.reading import Reader

PARAMETER: Final = "record-retention"


def retain_until(rulebook: Rulebook, reader: Reader, pseudonym: str, now: datetime) -> datetime | None:
    """Return the instant before which a person may not be erased; `None` where nothing has to be kept."""
    lengths = {
        found.jurisdiction: found.value
        for found in rulebook.parameters
        if found.name == PARAMETER and now in found.effective and isinstance(found.value, timedelta)
    }
    if not lengths:
        return None
    latest: datetime | None = None
    cursor: str | None = None
    while True:
        page = reader.search([f"subject:{pseudonym}"], cursor=cursor)
        for entry in page.entries:
            own = [lengths[place] for place in entry.public.get("territories", ()) if place in lengths]
            kept = [*own, lengths[None]] if None in lengths else own
            if kept and (latest is None or entry.recorded_at + max(kept) > latest):
                latest = entry.recorded_at + max(kept)
        cursor = page.cursor
        if cursor is None:
            return latest
