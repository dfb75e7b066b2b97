"""Turn a persona of the rulebook into the customer who is asked about in every place, for every product and action.

The persona's own home is replaced by the place, wherever the persona says it, and its dates are moved as one, so that
the newest is the instant asked about. Nothing else is changed.
"""

from __future__ import annotations

import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any

from compliance.vocabulary import moments
from compliance.vocabulary.facts import Origin, Zone
from compliance.vocabulary.types import BoolType, DateType, OneOfType, TimestampType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.language.rulebook import Persona, Rulebook
    from compliance.vocabulary.facts import Fact

_NO_FACTS: dict[str, Any] = {}


class Customer:
    """A persona who may be at home anywhere, at one instant."""

    def __init__(self, rulebook: Rulebook, persona: Persona, at: datetime) -> None:
        """Take the persona and the instant (aware) that requests are made for."""
        self.rulebook = rulebook
        self.persona = persona
        self.at = at
        self.kind = str(_part(persona.request, "subject")["type"])
        self.homes = self._homes()
        self._age = self._newest()

    @property
    def product(self) -> str | None:
        """Return the product of the persona's own resource."""
        own = _part(self.persona.request, "resource")
        entry = self.rulebook.catalogue.get(str(own.get("type")), {}).get(str(own.get("id")))
        return None if entry is None else entry.product or entry.id

    @property
    def facts(self) -> dict[str, Any]:
        """Return what the persona says about itself: path -> value as JSON, its homes left out."""
        given = _facts_of(self.persona.request, "subject")
        return {f"subject.{name}": self._moved(value) for name, value in given.items() if not self._says_home(value)}

    @property
    def follows(self) -> tuple[str, ...]:
        """Return the paths of what is always said to be the place in which the customer is at home."""
        zones = (Zone.SUBJECT, Zone.CONTEXT)
        given = ((zone, name, value) for zone in zones for name, value in _facts_of(self.persona.request, zone).items())
        return tuple(f"{zone}.{name}" for zone, name, value in given if self._says_home(value))

    def asks(self, place: str, action: str, product: str) -> dict[str, Any] | None:
        """Return the request of the customer at home in `place`, or `None` if no resource of the product fits."""
        resource = self.resource(action, product)
        if resource is None:
            return None
        request: dict[str, Any] = {"action": {"name": action}, "resource": resource}
        for zone in (Zone.SUBJECT, Zone.ACTION, Zone.CONTEXT):
            facts = {
                name: self._moved(self._at_home(value, place))
                for name, value in _facts_of(self.persona.request, zone.value).items()
            }
            if zone is Zone.CONTEXT:
                request["context"] = facts
            else:
                request.setdefault(zone.value, {"type": self.kind})["properties"] = facts
        return request

    def resource(self, action: str, product: str) -> dict[str, Any] | None:
        """Return a resource of `product` that the action takes: the persona's own where it is one, else the first."""
        own = _part(self.persona.request, "resource")
        for name, type_ in self.rulebook.vocabulary.resource_types.items():
            if type_.actions is not None and action not in type_.actions:
                continue
            entries = self.rulebook.catalogue.get(name, {})
            fitting = [entry.id for entry in entries.values() if product in {entry.product, entry.id}]
            if fitting:
                return {"type": name, "id": own["id"] if own.get("id") in fitting else fitting[0]}
        return None

    def completed(self, request: dict[str, Any], missing: Iterator[str]) -> list[Fact]:
        """Put the vocabulary's example of each missing fact into `request`, and return the facts that were put in."""
        filled: list[Fact] = []
        for path in missing:
            fact = self.rulebook.vocabulary.facts.get(path)
            if fact is None or fact.example is None or Origin.REQUEST not in fact.origins:
                continue
            facts = _part_of(request, fact)
            if fact.name not in facts:
                facts[fact.name] = self._example(fact)
                filled.append(fact)
        return filled

    def circumstances(self, request: dict[str, Any]) -> list[Fact]:
        """Return the facts about the order, not about the customer, that `request` gives: the venue can choose them."""
        given = (self.rulebook.vocabulary.facts.get(f"{Zone.CONTEXT}.{name}") for name in request["context"])
        return [fact for fact in given if fact is not None]

    def alternatives(self, request: dict[str, Any], fact: Fact) -> Iterator[dict[str, Any]]:
        """Yield `request` with each other value of a fact that a customer or the venue can choose among few."""
        if not fact.changeable:
            return
        values: tuple[object, ...] = ()
        if isinstance(fact.type, OneOfType):
            values = fact.type.values
        elif isinstance(fact.type, BoolType):
            values = (True, False)
        for value in values:
            if value != _part_of(request, fact)[fact.name]:
                other = copy.deepcopy(request)
                _part_of(other, fact)[fact.name] = value
                yield other

    def _example(self, fact: Fact) -> object:
        if isinstance(fact.type, TimestampType):
            return _written(self.at)
        if isinstance(fact.type, DateType):
            return self.at.date().isoformat()
        return fact.example

    def _homes(self) -> frozenset[str]:
        """Return the places in which the persona is at home."""
        given = _facts_of(self.persona.request, "subject")
        paths = self.rulebook.vocabulary.kinds[self.kind].homes
        values = (given.get(path.split(".", 1)[1]) for path in paths)
        return frozenset(str(code) for value in values for code in (value if isinstance(value, list) else [value]))

    def _says_home(self, value: object) -> bool:
        codes = value if isinstance(value, list) else [value]
        return bool(codes) and all(isinstance(code, str) and self.homes & {code, code[:2]} for code in codes)

    def _at_home(self, value: object, place: str) -> object:
        if place in self.homes or not self._says_home(value):
            return value
        return [place] if isinstance(value, list) else place

    def _newest(self) -> datetime | None:
        instants = (
            moments.instant(value)
            for zone in (Zone.SUBJECT, Zone.ACTION, Zone.CONTEXT)
            for name, value in _facts_of(self.persona.request, zone.value).items()
            if isinstance(value, str) and self._is_instant(zone, name)
        )
        return max((found for found in instants if found is not None), default=None)

    def _is_instant(self, zone: Zone, name: str) -> bool:
        fact = self.rulebook.vocabulary.facts.get(f"{zone.value}.{name}")
        return fact is not None and isinstance(fact.type, TimestampType)

    def _moved(self, value: object) -> object:
        """Return `value`; an instant as long before the one asked about as it is before the persona's newest."""
        found = moments.instant(value) if isinstance(value, str) and self._age is not None else None
        return value if found is None or self._age is None else _written(self.at - (self._age - found))


def _part_of(request: dict[str, Any], fact: Fact) -> dict[str, Any]:
    """Return the part of a request in which a fact stands."""
    facts: dict[str, Any] = request["context"] if fact.zone is Zone.CONTEXT else request[fact.zone.value]["properties"]
    return facts


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _part(request: Mapping[str, object], zone: str) -> dict[str, Any]:
    part = request.get(zone)
    return part if isinstance(part, dict) else _NO_FACTS


def _facts_of(request: Mapping[str, object], zone: str) -> dict[str, Any]:
    part = _part(request, zone)
    found = part if zone == "context" else part.get("properties", _NO_FACTS)
    return found if isinstance(found, dict) else _NO_FACTS
