"""Read what is looked for among the recorded decisions. It comes in a body: an id in an address ends up in logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance.api.problems import Fault, Stopped
from compliance.engine.decision import Outcome
from compliance.gate.question import instant_of
from compliance.vocabulary.reading import Refused
from compliance.vocabulary.refusal import escaped, shown
from compliance.vocabulary.suggestions import did_you_mean

if TYPE_CHECKING:
    from datetime import datetime

LIMIT: Final = 100
MOST: Final = 1_000
_TERMS: Final = ("rule", "outcome", "action", "territory", "instrument")
_KNOWN: Final = (*_TERMS, "subject", "since", "until", "cursor", "limit")


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: decisions that have all of it."""

    terms: tuple[str, ...]
    """As the log's index knows them: `rule:...`, `outcome:deny`."""
    subject: str | None
    """The id of a person, as requests give it."""
    since: datetime | None
    until: datetime | None
    cursor: str | None
    limit: int


def search_of(body: object) -> Search:
    """Return the search that `body` (parsed JSON) asks for; raise `Stopped` with everything that is wrong with it."""
    if not isinstance(body, dict):
        raise Stopped("invalid-request", Fault("a search is an object", 'send for instance {"outcome": "deny"}', ""))
    faults = [
        Fault(f"{shown(name)} is not a name here", did_you_mean(name, _KNOWN), f"/{escaped(name)}")
        for name in body
        if name not in _KNOWN
    ]
    texts = {name: _text(body, name, faults) for name in (*_TERMS, "subject", "cursor")}
    outcome = texts["outcome"]
    if outcome is not None and outcome not in list(Outcome):
        faults.append(Fault(f"{shown(outcome)} is no outcome", did_you_mean(outcome, list(Outcome)), "/outcome"))
    cursor = texts["cursor"]
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
        faults.append(Fault("the cursor is none of ours", "take it from the page before", "/cursor"))
    limit = body.get("limit", LIMIT)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= MOST:
        faults.append(Fault(f"`limit` is a number from 1 to {MOST}", "", "/limit"))
    since, until = instant_in(body, "since", faults), instant_in(body, "until", faults)
    if faults:
        raise Stopped("invalid-request", *faults)
    terms = tuple(f"{name}:{texts[name]}" for name in _TERMS if texts[name] is not None)
    return Search(terms, texts["subject"], since, until, cursor, int(limit))


def _text(body: dict[str, Any], name: str, faults: list[Fault]) -> str | None:
    if name not in body:
        return None
    value = body[name]
    if isinstance(value, str) and value:
        return value
    faults.append(Fault(f"`{name}` is a text", "", f"/{name}"))
    return None


def instant_in(body: dict[str, Any], name: str, faults: list[Fault]) -> datetime | None:
    """Return the instant that a body gives under a name, `None` where it gives none; what is wrong goes to `faults`."""
    if name not in body:
        return None
    try:
        return instant_of(body[name])
    except Refused as refused:
        faults.append(Fault(refused.message, refused.help, f"/{name}"))
        return None
