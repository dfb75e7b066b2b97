"""Find the resource that a request names, by its id or by an identifier that the vocabulary declares.

Reference: CAIP-19 asset ids (`<chain>/<namespace>:<reference>`), of which the reference identifies here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

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
