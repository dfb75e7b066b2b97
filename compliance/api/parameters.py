"""Read the query of an address, strictly: every name known, each given once, what is needed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.api.problems import Fault, Stopped
from compliance.gate.question import instant_of
from compliance.vocabulary.reading import Refused
from compliance.vocabulary.refusal import shown
from compliance.vocabulary.suggestions import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from starlette.requests import Request


def parameters(request: Request, known: tuple[str, ...] = (), required: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the query of `request`; raise `Stopped` with everything that is wrong with it."""
    faults: list[Fault] = []
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            cure = did_you_mean(name, known) if known else "this address takes none"
            faults.append(Fault(f"{shown(name)} is not a parameter here", cure, parameter=_plain(name)))
        elif name in found:
            faults.append(Fault(f"`{name}` is given twice", "give it once", parameter=name))
        found[name] = value
    faults += [Fault(f"`{name}` is missing", "", parameter=name) for name in required if not found.get(name)]
    if faults:
        raise Stopped("invalid-parameter", *faults)
    return found


def one_of(name: str, value: str, known: Collection[str]) -> str:
    """Return `value` if it is among `known`; raise `Stopped` with what may have been meant."""
    if value in known:
        return value
    raise Stopped(
        "invalid-parameter", Fault(f"{shown(value)} is not known", did_you_mean(value, known), parameter=name)
    )


def instant_in(found: dict[str, str], name: str) -> datetime | None:
    """Return the instant that the parameter `name` gives, or `None` without one; raise `Stopped` for others."""
    if name not in found:
        return None
    try:
        return instant_of(found[name])
    except Refused as refused:
        # In an address a `+` is a space: an offset east of Greenwich has to be escaped.
        cure = "write an offset as `%2B02:00`, or use `Z`" if " " in found[name] else refused.help
        raise Stopped("invalid-parameter", Fault(refused.message, cure, parameter=name)) from None


def _plain(name: str) -> str:
    return name[:60].encode("utf-8", errors="replace").decode("utf-8")
