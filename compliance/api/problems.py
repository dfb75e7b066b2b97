"""Turn whatever stops a request into a problem document: the one place that knows HTTP statuses.

Invariant: a problem never shows where in the code it arose, and never carries a decision.

Reference: RFC 9457 (problem details), RFC 6901 (pointers).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException

from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.json import MalformedJSON
from compliance.gate.recorder import NoLedgerError
from compliance.ledger.errors import (
    EntryTooLargeError,
    ErasedError,
    IdempotencyConflictError,
    LedgerError,
    NotRecordedError,
    RefusedError,
    RetainedError,
)

MEDIA_TYPE: Final = "application/problem+json"
PAGE: Final = "/docs/problems"
"""Where each type of problem is explained."""
MOST_ERRORS: Final = 100
"""Errors listed in one document; more would only repeat a mistake."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of problem: its status, its title, and what to do about it."""

    slug: str
    status: int
    title: str
    help: str


KINDS: Final = {
    kind.slug: kind
    for kind in (
        Kind("malformed-json", 400, "the body is not JSON that can be read", "send one JSON object in UTF-8"),
        Kind("invalid-request", 400, "the request cannot be read", "correct every field that `errors` names"),
        Kind("invalid-parameter", 400, "a parameter cannot be read", "correct every parameter that `errors` names"),
        Kind(
            "nobody-named",
            403,
            "the request does not say who asks",
            "send it through the proxy that knows you",
        ),
        Kind("not-found", 404, "there is nothing at this address", "see /docs for what there is"),
        Kind("search-not-offered", 404, "this search is not offered", "the rulebook in force catalogues no subjects"),
        Kind("method-not-allowed", 405, "this address does not take this method", "see the `Allow` header"),
        Kind("too-large", 413, "the body is too large", "send less, or more requests"),
        Kind("refused", 400, "the request cannot be served", "see /docs for what can be asked"),
        Kind("internal-error", 500, "the service failed; nothing was decided", "take it as a deny, and try again"),
        Kind(
            "key-reused",
            409,
            "the idempotency key was used for another request",
            "send the same request again, or another key",
        ),
        Kind("not-on-record", 404, "the log has no such record", "see `POST /v1/decisions/search` for what it has"),
        Kind("erased", 410, "the person was erased", "what is left is the public part: `GET /v1/decisions/{id}`"),
        Kind("retained", 409, "the person may not be erased yet", "see `detail`"),
        Kind("conflict", 409, "this cannot be done as things stand", "see `detail`"),
        Kind(
            "no-ledger",
            501,
            "this service keeps no record",
            "start it with a ledger: see `compliance serve --help`",
        ),
        Kind(
            "not-recorded",
            503,
            "the answer could not be recorded; nothing was decided",
            "take it as a deny, and try again",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in the body (`pointer`) or in the address (`parameter`)."""

    detail: str
    help: str = ""
    pointer: str | None = None
    parameter: str | None = None

    def as_json(self) -> dict[str, str]:
        """Return the fault as a problem document lists it."""
        places = {"pointer": self.pointer, "parameter": self.parameter}
        return {
            **{name: place for name, place in places.items() if place is not None},
            "detail": self.detail,
            **({"help": self.help} if self.help else {}),
        }


@dataclass(frozen=True, slots=True)
class Document:
    """A problem as it is sent."""

    kind: Kind
    faults: tuple[Fault, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.kind.status

    def as_json(self) -> dict[str, object]:
        """Return the document (RFC 9457, section 3)."""
        made: dict[str, object] = {
            "type": f"{PAGE}#{self.kind.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
        }
        if self.faults:
            first = self.faults[0]
            where = first.pointer if first.pointer is not None else first.parameter
            made["detail"] = f"{where}: {first.detail}" if where else first.detail
            made["errors"] = [fault.as_json() for fault in self.faults[:MOST_ERRORS]]
        else:
            made["detail"] = self.kind.help
        return made


class Stopped(Exception):  # noqa: N818 - what happened to the request
    """A request that a part of the service stops, with the document to send."""

    def __init__(self, slug: str, *faults: Fault) -> None:
        """Take the kind of problem and what is wrong."""
        self.document = Document(KINDS[slug], faults)
        super().__init__(slug)


def document_of(error: Exception) -> Document:
    """Return the problem document for `error`; what is not foreseen is an internal error that says nothing more."""
    match error:
        case Stopped():
            return error.document
        case MalformedJSON():
            return Document(KINDS["malformed-json"], (Fault(error.message, error.help, error.pointer),))
        case RequestRefused():
            return Document(KINDS["invalid-request"], tuple(fault_of(problem) for problem in error.problems))
        case LedgerError():
            return _of_ledger(error)
        case HTTPException():
            return _of_status(error)
        case _:
            return Document(KINDS["internal-error"])


def fault_of(problem: Problem) -> Fault:
    """Return the fault for a problem of a request."""
    return Fault(problem.message, problem.help, problem.pointer)


def _of_ledger(error: LedgerError) -> Document:
    """Return what became of something that the ledger did not do; the messages of its errors name no person."""
    fault = (Fault(str(error)),)
    match error:
        case IdempotencyConflictError():
            return Document(KINDS["key-reused"])
        case NoLedgerError():
            return Document(KINDS["no-ledger"], fault)
        case EntryTooLargeError():
            return Document(KINDS["too-large"], fault)
        case ErasedError():
            return Document(KINDS["erased"])
        case NotRecordedError():
            return Document(KINDS["not-on-record"], fault)
        case RetainedError() if error.until is not None:
            when = error.until.isoformat(timespec="seconds")
            return Document(KINDS["retained"], (Fault(str(error), f"ask again after {when}"),))
        case RetainedError():
            return Document(KINDS["retained"], fault)
        case RefusedError():
            return Document(KINDS["conflict"], fault)
        case _:
            wait = {} if error.retry_after is None else {"retry-after": str(math.ceil(error.retry_after))}
            return Document(KINDS["not-recorded"], headers=wait)


def _of_status(error: HTTPException) -> Document:
    slug = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}.get(error.status_code, "refused")
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        slug = "internal-error"
    return Document(KINDS[slug], headers=dict(error.headers or {}))
