"""`/v1/feeds`: state that changes in minutes (halted, paused, backing), as whoever watches it says.

Who says it is named by the trusted header, if there is one (`compliance.api.persons`); else `by` is what the caller
says.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import Route

from compliance.api.parameters import parameters
from compliance.api.persons import said, signed, unsaid
from compliance.api.problems import Fault, Stopped, fault_of
from compliance.api.queries import instant_in
from compliance.api.records import logbook_of, on_record
from compliance.api.replies import reply
from compliance.engine.envelope import RequestRefused
from compliance.gate.feeds import checked
from compliance.gate.values import instant
from compliance.ledger import feeds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from compliance.api.service import Service
    from compliance.ledger.committer import Recorded

AHEAD: Final = timedelta(seconds=5)
"""How far ahead of ours the clock of whoever feeds may be."""
LONGEST: Final = timedelta(days=31)
"""How long what was seen once may count."""
_NAMES: Final = ("by", "as_of", "valid_until", "values")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


class Feeds:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what decides and records."""
        self._service = service
        self._header = service.settings.person_header

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/v1/feeds", self.standing, methods=["GET"]),
            Route("/v1/feeds/{name}", self.change, methods=["PUT", "DELETE"]),
        ]

    async def standing(self, request: Request) -> Response:
        """List what feeds state now, also what has ended."""
        parameters(request)
        ledger, now = logbook_of(self._service).ledger, self._service.gate.clock.now()
        found = await on_record(lambda: feeds.standing(ledger))
        listed = [_feed(feed, now) for _, feed in sorted(found.items()) if not feed.withdrawn]
        return reply({"feeds": listed})

    async def change(self, request: Request) -> Response:
        """Put a feed, or withdraw it: one route, so that an answer to any other method names both."""
        return await (self.put(request) if request.method == "PUT" else self.withdraw(request))

    async def put(self, request: Request) -> Response:
        """Have a feed state what the body says, all of it and nothing else."""
        body, faults = await signed(request, self._header, _NAMES)
        faults += unsaid(body, ["by"])
        now, name = self._service.gate.clock.now(), str(request.path_params["name"])
        if not _NAME.fullmatch(name):
            faults.append(Fault("a feed has a name of up to 64 of `a-z`, `0-9`, `.`, `-`", "", parameter="name"))
        as_of = instant_in(body, "as_of", faults) if "as_of" in body else now
        if "valid_until" not in body:
            faults.append(Fault("`valid_until` is missing", "until when does it count?", "/valid_until"))
        until = instant_in(body, "valid_until", faults)
        faults += _times(as_of, until, now)
        values: dict[str, dict[str, Any]] = {}
        if isinstance(body.get("values"), dict) and body["values"]:
            try:
                values = checked(self._service.shelved.book.rulebook, body["values"])
            except RequestRefused as refused:
                faults += [fault_of(problem) for problem in refused.problems]
        else:
            example = 'send for instance {"resource.halted": {"*": false}}; to state nothing, withdraw the feed'
            faults.append(Fault("`values` is an object of facts", example, "/values"))
        if faults or as_of is None or until is None:
            raise Stopped("invalid-request", *faults)
        ledger = logbook_of(self._service).ledger
        return reply(await self._done(name, lambda: feeds.put(ledger, name, body["by"], values, as_of, until)))

    async def withdraw(self, request: Request) -> Response:
        """Have a feed state nothing any more."""
        by, reason = await said(request, self._header, "by", "reason")
        ledger, name = logbook_of(self._service).ledger, str(request.path_params["name"])
        now = self._service.gate.clock.now()
        return reply(await self._done(name, lambda: feeds.withdraw(ledger, name, by, reason, now)))

    async def _done(self, name: str, work: Callable[[], Recorded]) -> dict[str, Any]:
        """Have it recorded, and decide by it from now on."""
        gate, ledger = self._service.gate, logbook_of(self._service).ledger

        def carry_out() -> Recorded:
            done = work()
            gate.feeding.look(ledger)
            return done

        done = await on_record(carry_out)
        return {"feed": name, "index": done.index, "receipt": done.receipt}


def _times(as_of: datetime | None, until: datetime | None, now: datetime) -> list[Fault]:
    faults = []
    if as_of is not None and as_of > now + AHEAD:
        faults.append(Fault("nobody has seen it yet", f"it is {instant(now)} here", "/as_of"))
    if until is not None and until <= now:
        faults.append(Fault("it has ended already", f"it is {instant(now)} here", "/valid_until"))
    if as_of is not None and until is not None and until > as_of + LONGEST:
        cure = "look again, and put it again, before it ends"
        faults.append(Fault(f"what was seen once counts for at most {LONGEST.days} days", cure, "/valid_until"))
    return faults


def _feed(feed: feeds.Feed, now: datetime) -> dict[str, Any]:
    until = feed.valid_until
    return {
        "feed": feed.name,
        "by": feed.by,
        "as_of": instant(feed.as_of),
        "valid_until": None if until is None else instant(until),
        "ended": until is None or until <= now,
        "values": feed.values,
        "record": {"index": feed.place[1], "epoch": feed.place[0], "recorded_at": instant(feed.recorded_at)},
    }
