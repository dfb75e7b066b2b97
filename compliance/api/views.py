"""What is in force, to be read: the rulebook, its vocabulary, its coverage, its instruments."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from compliance.api.parameters import instant_in, one_of, parameters
from compliance.api.replies import reply
from compliance.api.vocabulary_json import vocabulary_json
from compliance.engine.coverage import Covered, coverage, products
from compliance.gate.values import cited, instant, spelled

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from compliance.api.service import Service
    from compliance.language.rulebook import CatalogueEntry
    from compliance.language.span import Source

_KEPT: Final = 64
"""Coverages kept: products times actions times dated changes."""


class Views:
    """The endpoints."""

    def __init__(self, service: Service) -> None:
        """Take what answers."""
        self._service = service
        self._coverages: OrderedDict[tuple[str, str, str], tuple[Covered, ...]] = OrderedDict()

    def routes(self) -> list[Route]:
        """Return where the endpoints are."""
        return [
            Route("/v1/rulebook", self.rulebook, methods=["GET"]),
            Route("/v1/vocabulary", self.vocabulary, methods=["GET"]),
            Route("/v1/coverage", self.coverage, methods=["GET"]),
            Route("/v1/instruments", self.instruments, methods=["GET"]),
        ]

    async def rulebook(self, request: Request) -> Response:
        """Return which rulebook is in force, what it holds and which files it is made of."""
        parameters(request)
        shelved = self._service.shelved
        book = shelved.book.rulebook
        change = self._service.gate.now().ruleset.period.end
        counts = {
            "rules": len(book.rules),
            "positions": len(book.positions),
            "jurisdictions": len(book.jurisdictions),
            "definitions": len(book.definitions),
            "parameters": len(book.parameters),
            "facts": len(book.vocabulary.facts),
            "catalogued": sum(len(entries) for entries in book.catalogue.values()),
            "cases": len(book.cases),
            "invariants": len(book.invariants),
        }
        return reply(
            {
                "digest": book.digest,
                "ruleset": self._service.mark(),
                "loaded_at": instant(shelved.loaded_at),
                "next_change": instant(change) if change is not None else None,
                "counts": counts,
                "files": [_file(source) for source in book.sources],
            }
        )

    async def vocabulary(self, request: Request) -> Response:
        """Return everything that can be said, with its JSON Schema."""
        parameters(request)
        return reply(
            {"ruleset": self._service.mark(), **vocabulary_json(self._service.shelved.book.rulebook.vocabulary)}
        )

    async def coverage(self, request: Request) -> Response:
        """Return what the positions come to in every territory, for one product and action."""
        given = parameters(request, ("product", "action", "as_of"), required=("product", "action"))
        ruleset = self._service.gate.now(instant_in(given, "as_of")).ruleset
        product = one_of("product", given["product"], products(ruleset))
        action = one_of("action", given["action"], ruleset.vocabulary.all_actions())
        key = (ruleset.digest, product, action)
        found = self._coverages.get(key)
        if found is None:
            found = self._coverages[key] = await run_in_threadpool(coverage, ruleset, product, action)
            while len(self._coverages) > _KEPT:
                self._coverages.popitem(last=False)
        return reply(
            {
                "product": product,
                "action": action,
                "as_of": given.get("as_of"),
                "ruleset": {**self._service.mark(), "digest": ruleset.digest},
                "territories": [covered_json(each) for each in found],
            }
        )

    async def instruments(self, request: Request) -> Response:
        """Return the catalogued resources, by type and id."""
        given = parameters(request, ("product", "type"))
        ruleset = self._service.gate.now().ruleset
        types = ruleset.vocabulary.resource_types
        wanted = (one_of("type", given["type"], types),) if "type" in given else tuple(types)
        product = one_of("product", given["product"], products(ruleset)) if "product" in given else None
        found = [
            _instrument(entry)
            for type_ in wanted
            for entry in ruleset.rulebook.catalogue.get(type_, {}).values()
            if product is None or product in {entry.product, *ruleset.wholes(entry.product)}
        ]
        return reply({"ruleset": self._service.mark(), "instruments": found})


def covered_json(found: Covered) -> dict[str, Any]:
    """Return what holds in one territory as JSON."""
    return {
        "territory": found.territory,
        "name": found.name,
        "access": found.access,
        "effect": found.effect.value,
        "reason": found.reason,
        "sources": [cited(source) for source in found.decisive],
        "positions": [
            {
                "id": source.id,
                "jurisdiction": source.jurisdiction,
                "layer": source.layer,
                "access": source.access,
                "effect": source.effect.value,
                "says": source.says,
                "regions": list(source.regions),
                "authority": [cited(authority) for authority in source.authority],
            }
            for source in found.positions
        ],
        "conditions": [{"rule": each.rule, "effect": each.effect, "says": each.says} for each in found.conditions],
    }


def _file(source: Source) -> dict[str, Any]:
    text = source.text.encode()
    return {"path": source.path, "bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}


def _instrument(entry: CatalogueEntry) -> dict[str, Any]:
    return {
        "type": entry.type,
        "id": entry.id,
        "name": entry.name,
        "product": entry.product,
        "facts": {path: spelled(value) for path, value in entry.facts.items()},
    }
