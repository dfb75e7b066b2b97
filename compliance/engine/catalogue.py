"""Find the resource that a request names, by its id or by an identifier that the vocabulary declares; find those alike.

Reference: CAIP-19 asset ids (`<chain>/<namespace>:<reference>`), of which the reference identifies here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.engine.facts import RESOURCE_ID
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import CatalogueEntry
    from compliance.vocabulary.facts import ResourceType
    from compliance.vocabulary.values import FactValue


def find_resource(
    ruleset: Ruleset, action: str, resource_type: str, resource_id: str, given: Mapping[str, FactValue]
) -> tuple[CatalogueEntry | None, str | None]:
    """Return the catalogue's entry for a resource, and the ground of a deny if the request cannot stand.

    `given` are the facts that the request gives; those that identify a resource must agree with the entry's. A type
    without a catalogue has no entries, and every id of it stands.
    """
    declared = ruleset.vocabulary.resource_types[resource_type]
    if declared.actions is not None and action not in declared.actions:
        return None, f"action-not-for-{resource_type}"
    entries = ruleset.rulebook.catalogue.get(resource_type)
    if entries is None:
        return None, None
    entry = find_entry(entries, declared, resource_id)
    if entry is None:
        return None, f"unknown-{resource_type}"
    for path in declared.identified_by:
        sent = given.get(path, UNKNOWN)
        if sent is not UNKNOWN and sent != entry.facts.get(path):
            return entry, f"{resource_type}-mismatch"
    return entry, None


def find_entry(
    entries: Mapping[str, CatalogueEntry], declared: ResourceType, resource_id: str
) -> CatalogueEntry | None:
    """Return the entry that an id or an identifier names, or `None`.

    A CAIP-19 id counts only on the chains that the vocabulary names.
    """
    if resource_id in entries:
        return entries[resource_id]
    chain, slash, asset = resource_id.partition("/")
    if slash:
        namespace, colon, reference = asset.partition(":")
        if chain not in declared.chains or not (namespace and colon):
            return None
        resource_id = reference
    for entry in entries.values():
        if any(entry.facts.get(path) == resource_id for path in declared.identified_by):
            return entry
    return None


def alike(ruleset: Ruleset, resource_type: str, asked: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Return the ids of a type's catalogued resources, those together that no rule tells apart, in catalogue order.

    `asked` are the actions, each with the kind of subject, that all of them are asked about. The order is that of the
    first of each.
    """
    key = (resource_type, *asked)
    if key not in ruleset.alike:
        together: dict[object, list[str]] = {}
        for id_, entry in ruleset.rulebook.catalogue.get(resource_type, {}).items():
            read = frozenset(
                path
                for action, kind in key[1:]
                for path in _with_origins(ruleset, ruleset.facts_read(action, kind, entry.product, resource_type))
            )
            # Equal texts of values are equal values, spelled alike; a rule that reads the id tells all apart.
            told = (entry.product, id_ if RESOURCE_ID in read else None, _shown(entry, read))
            together.setdefault(told, []).append(id_)
        ruleset.alike[key] = tuple(map(tuple, together.values()))
    return ruleset.alike[key]


def _with_origins(ruleset: Ruleset, paths: Iterable[str]) -> Iterator[str]:
    """Yield the facts at `paths`, and those that the computed ones among them are computed from."""
    for path in paths:
        yield path
        fact = ruleset.vocabulary.facts.get(path)
        if fact is not None and fact.computed is not None:
            yield fact.computed.over


def _shown(entry: CatalogueEntry, read: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple((path, repr(value)) for path, value in sorted(entry.facts.items()) if path in read)
