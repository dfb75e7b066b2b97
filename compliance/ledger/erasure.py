"""Requests, approvals and holds -> the destruction of one person's key. All state is entries of the log.

Two persons take part: one asks, giving a reason, another approves. A hold, or a duty to retain that has not passed,
stands in the way.
Invariant: what says that a person was erased is itself in the log, under the pseudonym and without a name.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.ledger.committer import Recorded
from compliance.ledger.entry import ERASURE, DecisionRecord
from compliance.ledger.errors import NotRecordedError, RefusedError, RetainedError
from compliance.ledger.ledger import Ledger

REQUEST, HOLD, LIFTED = "erasure-request", "hold", "hold-lifted"
_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the four kinds."""

    kind: str
    id: str
    subject: str
    by: str
    reason: str
    concerns: str | None
    recorded_at: datetime


def request(ledger: Ledger, subject_id: str, reason: str, by: str) -> str:
    """Ask for a person to be erased; returns the request's id. The reason is public: it must name nobody."""
    return _written(ledger, REQUEST, ledger.pseudonym(subject_id), reason, by)


def approve(ledger: Ledger, request_id: str, by: str, retain_until: datetime | None = None) -> Recorded:
    """Approve a request and destroy the key.

    Raises `RetainedError` while a hold stands or `retain_until` has not passed, `RefusedError` when the one who asked
    approves or when it was done before, `NotRecordedError` when there is no such request.
    """
    known = events(ledger)
    asked = _one(known, request_id, REQUEST)
    if _same(asked.by, by):
        raise RefusedError("the one who asked for an erasure cannot approve it")
    if any(event.kind == ERASURE and event.concerns == request_id for event in known):
        raise RefusedError("the request was carried out before")
    if standing_holds(ledger, asked.subject):
        raise RetainedError("a hold stands: the records of this person must be kept until it is lifted")
    if retain_until is not None and ledger.settings.clock() < retain_until:
        raise RetainedError("the records of this person must still be kept", retain_until)
    public = {"id": _new_id(), "subject": asked.subject, "by": by, "reason": asked.reason, "concerns": request_id}
    record = DecisionRecord(public, {}, None, "", b"", b"", ERASURE)
    return ledger.append(record, erases=asked.subject).result(_SECONDS)


def hold(ledger: Ledger, subject_id: str, reason: str, by: str) -> str:
    """Forbid that a person is erased, until the hold is lifted; returns its id."""
    return _written(ledger, HOLD, ledger.pseudonym(subject_id), reason, by)


def lift(ledger: Ledger, hold_id: str, reason: str, by: str) -> str:
    """Lift a hold; raises `RefusedError` for the one who set it, `NotRecordedError` when there is none."""
    known = events(ledger)
    held = _one(known, hold_id, HOLD)
    if _same(held.by, by):
        raise RefusedError("the one who set a hold cannot lift it")
    return _written(ledger, LIFTED, held.subject, reason, by, hold_id)


def standing_holds(ledger: Ledger, pseudonym: str) -> list[Event]:
    """Return the holds on a person that were not lifted."""
    known = events(ledger)
    lifted = {event.concerns for event in known if event.kind == LIFTED}
    return [e for e in known if e.kind == HOLD and e.subject == pseudonym and e.id not in lifted]


def open_requests(ledger: Ledger) -> list[Event]:
    """Return the requests that nobody has approved yet, the oldest first."""
    known = events(ledger)
    done = {event.concerns for event in known if event.kind == ERASURE}
    return [event for event in known if event.kind == REQUEST and event.id not in done]


def events(ledger: Ledger) -> list[Event]:
    """Return every entry about erasure, in order, of every epoch: what was held before a fork is held after it."""
    found = (reader.events((REQUEST, ERASURE, HOLD, LIFTED)) for reader in reversed(ledger.readers))
    return [_event(entry.kind, entry.public, entry.recorded_at) for entries in found for entry in entries]


def _written(ledger: Ledger, kind: str, subject: str, reason: str, by: str, concerns: str | None = None) -> str:
    if not reason.strip() or not by.strip():
        raise RefusedError("who asks, and why, must be given")
    public = {"id": _new_id(), "subject": subject, "by": by, "reason": reason, "concerns": concerns}
    ledger.append(DecisionRecord(public, {}, None, "", b"", b"", kind)).result(_SECONDS)
    return str(public["id"])


def _event(kind: str, public: Mapping[str, Any], at: datetime) -> Event:
    texts = {name: str(public[name]) for name in ("id", "subject", "by", "reason")}
    return Event(kind=kind, concerns=public.get("concerns"), recorded_at=at, **texts)


def _one(known: list[Event], event_id: str, kind: str) -> Event:
    for event in known:
        if (event.id, event.kind) == (event_id, kind):
            return event
    raise NotRecordedError(f"there is no {kind} `{event_id}`")


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _new_id() -> str:
    return secrets.token_hex(16)
