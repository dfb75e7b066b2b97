"""`/healthz`, `/readyz` and `/metrics`: whether the service lives, what answers, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route

from compliance.api.metrics import MEDIA_TYPE
from compliance.api.replies import reply
from compliance.gate.values import instant

if TYPE_CHECKING:
    from starlette.requests import Request

    from compliance.api.service import Service
    from compliance.gate.shelf import Trouble


class Health:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what is asked about."""
        self._service = service

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/healthz", self.healthz, methods=["GET"]),
            Route("/readyz", self.readyz, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
        ]

    async def healthz(self, _: Request) -> Response:
        """Say that the service lives."""
        return reply({"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """Say what answers, whether answers are recorded, and why an edit is not taken; takes at most a second.

        `unavailable` passes by itself, `stopped` does not.
        """
        shelved, recorder = self._service.shelved, self._service.gate.recorder
        why = await recorder.unready()
        status = "ready" if why is None else "unavailable" if recorder.trouble is None else "stopped"
        return reply(
            {
                "status": status,
                "ruleset": self._service.mark(),
                "rulebook": shelved.book.rulebook.digest,
                "loaded_at": instant(shelved.loaded_at),
                "recording": recorder.records,
                "recording_stopped": why,
                "edit_refused": None if shelved.trouble is None else _trouble(shelved.trouble),
            },
            200 if why is None else 503,
        )

    async def metrics(self, _: Request) -> Response:
        """Return the counters."""
        return Response(self._service.metrics.exposition(self._service.shelved), media_type=MEDIA_TYPE)


def _trouble(trouble: Trouble) -> dict[str, Any]:
    return {"at": instant(trouble.at), "reason": trouble.sentence, "details": list(trouble.details)}
