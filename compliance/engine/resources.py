"""Put one request to many catalogued resources: it is read once, and only what is said of each resource is changed.

Invariant: the verdict is the one that the same body gets with another id of a resource in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import force_setattr, replace

from compliance.engine.compiler import TRIPPED
from compliance.engine.decoder import House
from compliance.engine.facts import Facts, Fixed, attribute
from compliance.vocabulary.facts import Origin, Zone
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from compliance.engine.compiler import Compiler
    from compliance.engine.decision import Verdict
    from compliance.engine.decoder import Surroundings
    from compliance.engine.request import Request
    from compliance.engine.templates import Template, Templates
    from compliance.vocabulary.facts import Fact


class Elsewhere:
    """A request, ready to be put to other resources of the type that it names."""

    def __init__(self, request: Request, compiler: Compiler, templates: Templates, around: Surroundings) -> None:
        """Take a request that stands and says nothing of its resource but type and id, and what it was read with."""
        self._request = request
        self._compiler = compiler
        self._slices = compiler.slices
        self._templates = templates
        self._kept = templates.kept.get(request.action, {}).get(request.resource_type, {})
        self._around = around
        facts = request.facts
        self._zones = facts.subject, facts.action, facts.context, facts.context_time
        self._parts: dict[str | None, tuple[Fixed, tuple[object, ...]]] = {}
        """By product, what all requests of a slice have in common, and the slice."""
        self._house = tuple(
            fact for fact in compiler.ruleset.house_facts if fact.zone is Zone.RESOURCE or Origin.FEED in fact.origins
        )
        self._said = self._by_resource() if around.fed or around.gate else {}
        everywhere = around.fed and any(fact.zone is not Zone.RESOURCE for fact in self._house)
        self._only_here = request.refused is None and (everywhere or self._template(request.resource_id) is None)
        """Whether catalogue or feeds may have said of the first resource what is no fact about resources."""

    def verdict(self, resource_id: str) -> Verdict | None:
        """Return the verdict on the request put to a resource; `None` where it has to be read with that id in it."""
        template = self._kept.get(resource_id) or self._template(resource_id)
        if template is None or template.id is None or self._only_here:
            return None
        fixed, slice_ = self._parts.get(template.product) or self._of(template.product)
        subject, action, context, time = self._zones
        resource = template.resource
        if self._said:
            said = self._said.get(template.id, self._said["*"])
            resource = self._housed(template, said) if said else resource
        facts = Facts(subject, action, resource, context, fixed, template.id, time)
        function = self._slices.get(slice_)
        if function is not None:
            try:
                return function(facts)
            except TRIPPED:
                # Only the evaluator can answer.
                pass
        put = replace(self._request, resource_id=template.id, product=template.product, facts=facts, slice=())
        return self._compiler.verdict(put)

    def _template(self, resource_id: str) -> Template | None:
        return self._templates.find(self._request.action, self._request.resource_type, resource_id)

    def _of(self, product: str | None) -> tuple[Fixed, tuple[object, ...]]:
        request = self._request
        fixed = replace(request.facts.fixed, resource_product=product)
        made = self._parts[product] = fixed, replace(request, product=product, slice=()).slice
        return made

    def _by_resource(self) -> dict[str, list[Fact]]:
        """Return the facts of which feeds or the gate say something, by resource, and for `*` of any other one.

        Of the others a template says what holds without a feed.
        """
        gate, fed = self._around.gate, self._around.fed
        anywhere = {fact.path: fact for fact in self._house if fact.path in gate or (fact.path, "*") in fed}
        said = {"*": list(anywhere.values())}
        facts = {fact.path: fact for fact in self._house}
        for path, id_ in fed:
            if id_ != "*" and path in facts:
                said.setdefault(id_, list(anywhere.values()))
                if path not in anywhere:
                    said[id_].append(facts[path])
        return said

    def _housed(self, template: Template, said: list[Fact]) -> object:
        """Return what a template, feeds and the gate say of its resource."""
        house = House(self._around, template.id or "")
        zone = template.resource.__copy__()
        for fact in said:
            if Origin.FEED in fact.origins and fact.path not in template.given:
                force_setattr(zone, attribute(fact.path), UNKNOWN)
            house.say(fact, given=fact.path in template.given)
        for path, value in house.values.items():
            force_setattr(zone, attribute(path), value)
        return zone
