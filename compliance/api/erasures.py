"""Erase a person: one asks, giving a reason, another approves; a duty to keep records, or a hold, stands in the way.

Who asks is named by the trusted header, if there is one (`compliance.api.persons`); else `by` is what the caller says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from compliance.api.parameters import parameters
from compliance.api.persons import said
from compliance.api.records import logbook_of, on_record
from compliance.api.replies import reply
from compliance.gate.retention import retain_until
from compliance.gate.values import instant
from compliance.ledger import erasure
from compliance.ledger.errors import NotRecordedError, RetainedError

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from compliance.api.service import Service
    from compliance.ledger.ledger import Ledger


class Erasures:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what records."""
        self._service = service
        self._header = service.settings.person_header

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/v1/subjects/{id}", self.ask, methods=["DELETE"]),
            Route("/v1/subjects/{id}/holds", self.hold, methods=["POST"]),
            Route("/v1/holds/{id}", self.lift, methods=["DELETE"]),
            Route("/v1/erasures", self.waiting, methods=["GET"]),
            Route("/v1/erasures/{id}/approval", self.approve, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Ask for a person to be erased."""
        by, reason = await said(request, self._header, "by", "reason")
        ledger, person = logbook_of(self._service).ledger, request.path_params["id"]

        def note() -> str:
            pseudonym = ledger.pseudonym(person)
            if not any(reader.search([f"subject:{pseudonym}"], limit=1).entries for reader in ledger.readers):
                raise NotRecordedError(
                    "the log tells of nobody with this id: it is the one that decisions were asked with"
                )
            self._refuse_early(ledger, pseudonym)
            return erasure.request(ledger, person, reason, by)

        found = await on_record(note)
        return reply({"erasure": found, "state": "waits for approval by a second person"}, 202)

    async def approve(self, request: Request) -> Response:
        """Approve, as a second person, and destroy the key."""
        (by,) = await said(request, self._header, "by")
        ledger, asked = logbook_of(self._service).ledger, request.path_params["id"]

        def carry_out() -> dict[str, Any]:
            waiting = {event.id: event for event in erasure.open_requests(ledger)}
            until = self._until(ledger, waiting[asked].subject) if asked in waiting else None
            done = erasure.approve(ledger, asked, by, until)
            return {"erasure": asked, "state": "erased", "index": done.index, "receipt": done.receipt}

        return reply(await on_record(carry_out))

    async def waiting(self, request: Request) -> Response:
        """List what waits for approval."""
        parameters(request)
        ledger = logbook_of(self._service).ledger
        events = await on_record(lambda: erasure.open_requests(ledger))
        return reply({"erasures": [_event(event) for event in events]})

    async def hold(self, request: Request) -> Response:
        """Forbid that a person is erased."""
        by, reason = await said(request, self._header, "by", "reason")
        ledger, person = logbook_of(self._service).ledger, request.path_params["id"]
        return reply({"hold": await on_record(lambda: erasure.hold(ledger, person, reason, by))}, 201)

    async def lift(self, request: Request) -> Response:
        """Lift a hold, as a second person."""
        by, reason = await said(request, self._header, "by", "reason")
        ledger, held = logbook_of(self._service).ledger, request.path_params["id"]
        return reply({"lifted": await on_record(lambda: erasure.lift(ledger, held, reason, by))})

    def _refuse_early(self, ledger: Ledger, pseudonym: str) -> None:
        """Raise `RetainedError` where an approval would."""
        if erasure.standing_holds(ledger, pseudonym):
            raise RetainedError("a hold stands: the records of this person must be kept until it is lifted")
        until = self._until(ledger, pseudonym)
        if until is not None and self._service.gate.clock.now() < until:
            raise RetainedError("the records of this person must still be kept", until)

    def _until(self, ledger: Ledger, pseudonym: str) -> datetime | None:
        rulebook = self._service.shelved.book.rulebook
        now = self._service.gate.clock.now()
        found = (retain_until(rulebook, reader, pseudonym, now) for reader in ledger.readers)
        return max((until for until in found if until is not None), default=None)


def _event(event: erasure.Event) -> dict[str, Any]:
    return {
        "erasure": event.id,
        "subject": event.subject,
        "by": event.by,
        "reason": event.reason,
        "asked_at": instant(event.recorded_at),
    }
