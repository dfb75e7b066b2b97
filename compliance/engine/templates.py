"""Keep what is the same for all requests for one action and resource: what catalogue, feeds and gate leave to say.

Invariant: a template says what `engine.decoder` would fill in where neither feeds nor the gate say anything.
"""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from compliance.engine.catalogue import find_resource
from compliance.engine.facts import Fixed, attribute
from compliance.engine.zones import zones_of
from compliance.vocabulary.facts import Origin, Zone
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import CatalogueEntry
    from compliance.vocabulary.values import FactValue

    Placed = tuple[tuple[object, ...], Fixed, tuple[object, ...]]
    """The homes of a request, what all requests of its slice have in common, and the slice: `()` if it has to be found.
    """

_MOST_TEMPLATES: Final = 50_000
_MOST_WARMED: Final = 2_000
_MOST_PLACES: Final = 400
"""Homes kept of each kind of subject, action, type of resource and product: more than there are countries."""


class Places(dict[str, "Placed"]):
    """What the only home of a subject makes of a request, by its code."""

    def __init__(self, action: str, kind: str, product: str | None, resource_type: str) -> None:
        """Take what else makes a slice."""
        super().__init__()
        self._slice = action, kind, product, resource_type
        self.nowhere: Placed = (UNKNOWN,), Fixed(kind, UNKNOWN, action, resource_type, product), ()
        """What a home that is not known makes of it."""

    def __missing__(self, home: str) -> Placed:
        """Return what a home makes of a request, and keep it while there is room."""
        action, kind, product, resource_type = self._slice
        homes = (home,)
        made = homes, Fixed(kind, frozenset(homes), action, resource_type, product), (*self._slice, homes)
        if len(self) < _MOST_PLACES:
            self[home] = made
        return made


class Template(Struct, frozen=True, gc=False):
    """What is the same for all requests for one action and resource."""

    id: str | None
    """The catalogue's id; `None` where there is no catalogue, and the request's id stands."""
    product: str | None
    known: Mapping[str, FactValue]
    """What is said of the filled paths."""
    action: Any
    resource: Any
    context: Any
    """Zones that say what is known, and nothing else."""
    identified: Mapping[str, object]
    """Facts that also identify the resource: what a request says of them must agree."""
    assumed: tuple[str, ...]
    given: frozenset[str]
    """Paths that the catalogue says."""
    places: dict[str, Places]
    """By kind of subject; shared by all templates for one action, type of resource and product."""


class Templates:
    """The templates of one rulebook, each made on first use; threads may share them."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Take a ruleset: its catalogue says what is known of resources."""
        self._ruleset = ruleset
        vocabulary = ruleset.vocabulary
        self.kept: dict[str, dict[str, dict[str, Template]]] = {
            action: {type_: {} for type_ in vocabulary.resource_types} for action in vocabulary.all_actions()
        }
        """Action -> type of resource -> id as requests give it."""
        self.fed = tuple(fact for fact in ruleset.house_facts if Origin.FEED in fact.origins)
        self.filled = _filled(ruleset)
        """Paths that a template may say."""
        self._count = 0
        self._beside: dict[str, tuple[Any, ...]] = {}
        """Zones of action and context, by action."""
        self._places: dict[tuple[str, str | None, str], dict[str, Places]] = {}

    def find(self, action: str, resource_type: str, resource_id: str) -> Template | None:
        """Return what is known of a resource; `None` for one that the decoder has to look at."""
        kept = self.kept[action][resource_type]
        found = kept.get(resource_id)
        if found is not None:
            return found
        entry, refused = find_resource(self._ruleset, action, resource_type, resource_id, {})
        if refused is not None or (entry is not None and not self._is_plain(entry)):
            return None
        made = self._made(action, resource_type, entry)
        if entry is not None and self._count < _MOST_TEMPLATES:
            self._count += 1
            kept[resource_id] = made
        return made

    def warm(self) -> None:
        """Make now the templates of all catalogued resources, up to a few thousand: tens of microseconds each."""
        catalogue, types = self._ruleset.rulebook.catalogue, self._ruleset.vocabulary.resource_types
        for action, by_type in self.kept.items():
            for type_ in by_type:
                takes = types[type_].actions
                if takes is None or action in takes:
                    for id_ in islice(catalogue.get(type_, ()), _MOST_WARMED):
                        self.find(action, type_, id_)

    def _is_plain(self, entry: CatalogueEntry) -> bool:
        """Say whether everything that is known of a resource, or identifies it, is a fact about resources."""
        vocabulary = self._ruleset.vocabulary
        paths = (*entry.facts, *vocabulary.resource_types[entry.type].identified_by)
        return all(path in vocabulary.facts and path.startswith(f"{Zone.RESOURCE}.") for path in paths)

    def _made(self, action: str, resource_type: str, entry: CatalogueEntry | None) -> Template:
        vocabulary = self._ruleset.vocabulary
        known: dict[str, FactValue] = dict(entry.facts) if entry is not None else {}
        given = frozenset(known)
        identified = {path: known.get(path) for path in vocabulary.resource_types[resource_type].identified_by}
        assumed = []
        for fact in self.fed:
            if fact.path not in known and fact.without_feed is not None:
                known[fact.path] = fact.without_feed.value
                assumed.append(fact.path)
        party = next((found for found in vocabulary.counterparties if action in found.actions), None)
        if party is not None:
            known[f"{Zone.ACTION}.{party.name}_named"] = False
        known = {path: known.get(path, UNKNOWN) for path in self.filled}
        # One text for each product, so that a slice is made of the very parts of its requests.
        product = sys.intern(entry.product) if entry is not None and entry.product is not None else None
        zones = zones_of(vocabulary).classes
        if action not in self._beside:
            # A catalogue's entries say nothing but of resources.
            self._beside[action] = tuple(_said(zones[zone], zone, known) for zone in (Zone.ACTION, Zone.CONTEXT))
        of_action, context = self._beside[action]
        return Template(
            id=entry.id if entry is not None else None,
            product=product,
            known=known,
            action=of_action,
            resource=_said(zones[Zone.RESOURCE], Zone.RESOURCE, known),
            context=context,
            identified=identified if entry is not None else {},
            assumed=tuple(assumed),
            given=given,
            places=self._places_of(action, product, resource_type),
        )

    def _places_of(self, action: str, product: str | None, resource_type: str) -> dict[str, Places]:
        """Return, by kind of subject, what homes make of a request; products are few, as the catalogue's are."""
        key = (action, product, resource_type)
        if key not in self._places:
            kinds = self._ruleset.vocabulary.kinds
            self._places[key] = {kind: Places(action, kind, product, resource_type) for kind in kinds}
        return self._places[key]


def _said(made: type[Any], zone: Zone, known: Mapping[str, FactValue]) -> Any:
    """Return a zone that says what is known of it."""
    return made(**{attribute(path): value for path, value in known.items() if path.startswith(f"{zone}.")})


def _filled(ruleset: Ruleset) -> tuple[str, ...]:
    """Return the paths of what a template may say: the catalogue, what holds without a feed, unnamed parties."""
    vocabulary = ruleset.vocabulary
    paths = {path for of_type in vocabulary.resource_types for path in _catalogued(ruleset, of_type)}
    paths |= {fact.path for fact in ruleset.house_facts if fact.without_feed is not None}
    paths |= {f"{Zone.ACTION}.{party.name}_named" for party in vocabulary.counterparties}
    return tuple(path for path in vocabulary.facts if path in paths)


def _catalogued(ruleset: Ruleset, resource_type: str) -> set[str]:
    entries = ruleset.rulebook.catalogue.get(resource_type, {})
    return {path for entry in entries.values() for path in entry.facts}
