"""What changes a log itself takes two persons and a reason; both are in the entry that says so."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.ledger.errors import RefusedError


def stood_for(what: str, persons: Sequence[str], reason: str) -> dict[str, object]:
    """Return what an entry says of who stands for `what` and why.

    Raises `RefusedError` unless two different persons do, however they spell their names, and say why.
    """
    names = [person.strip() for person in persons]
    if len({name.casefold() for name in names} - {""}) != 2 or len(names) != 2:
        raise RefusedError(f"{what} takes two different persons")
    if not reason.strip():
        raise RefusedError(f"{what} takes a reason")
    return {"approved_by": names, "reason": reason.strip()}
