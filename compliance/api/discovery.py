"""`/.well-known/authzen-configuration`: which parts of AuthZEN are offered, and where.

Reference: OpenID AuthZEN Authorization API 1.0, section 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from compliance.api.replies import reply
from compliance.api.searches import catalogues_subjects

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from compliance.api.service import Service


class Discovery:
    """The endpoint."""

    def __init__(self, service: Service) -> None:
        """Take what answers."""
        self._service = service

    def routes(self) -> list[Route]:
        """Return where the endpoint is."""
        return [Route("/.well-known/authzen-configuration", self.configuration, methods=["GET"])]

    async def configuration(self, request: Request) -> Response:
        """Return the metadata of this policy decision point; a search that is not offered is left out."""
        base = (self._service.settings.public_url or str(request.base_url)).rstrip("/")
        made = {
            "policy_decision_point": base,
            "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
            "search_resource_endpoint": f"{base}/access/v1/search/resource",
            "search_action_endpoint": f"{base}/access/v1/search/action",
        }
        if catalogues_subjects(self._service.shelved):
            made["search_subject_endpoint"] = f"{base}/access/v1/search/subject"
        return reply(made, headers={"cache-control": "max-age=60"})
