"""Turn a catalogue and an issuer's list of assets into what the list would add, change and leave out.

Invariant: what a catalogue says and the list does not know (class, hours, a name that somebody wrote) is never a
change. An instrument is known by its mint or ISIN, and by its id only where neither says which it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from compliance.language.issuer_assets import Asset, AssetProblem
from compliance.language.rulebook import CatalogueEntry

ID: Final = "id"
ZONE: Final = "resource."


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that the list has otherwise: `None` is none."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What the list has otherwise about one entry, which the catalogue has under `id`."""

    id: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class CatalogueChanges:
    """What separates a catalogue from a list; all in order of id."""

    added: tuple[Asset, ...] = ()
    changed: tuple[EntryChange, ...] = ()
    gone: tuple[str, ...] = ()
    """Ids of entries that the list no longer has."""
    named: tuple[FieldChange, ...] = ()
    """Names that the issuer writes otherwise (`field` is the id): shown, never taken over."""
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """The part of a rulebook that an import is about: one product's instruments, and what else has an id."""

    product: str
    suffix: str
    """How the issuer ends the names of its tokens: what stands before it is the name of the underlying."""
    facts: frozenset[str]
    """Names of the catalogue facts that the vocabulary has."""
    identified_by: tuple[str, ...]
    """Names of the facts that identify, without their zone."""
    entries: Mapping[str, CatalogueEntry]
    """All instruments, those of other products too."""

    @property
    def own(self) -> dict[str, CatalogueEntry]:
        """Return the instruments of the product."""
        return {id_: entry for id_, entry in self.entries.items() if entry.product == self.product}

    def name_of(self, asset: Asset) -> str:
        """Return the name of the underlying of an asset."""
        return asset.name.removesuffix(self.suffix).strip() or asset.name


def changes_between(
    shelf: Shelf, assets: Iterable[Asset], undeployed: Iterable[str] = ()
) -> tuple[CatalogueChanges, list[AssetProblem]]:
    """Return what the list of `assets` would change, and assets of which it cannot be said which instrument they are.

    Args:
        shelf: the catalogue as it is.
        assets: the whole list, without what stands on no chain yet.
        undeployed: ids of these; an entry of such an id is neither changed nor gone.
    """
    assets = sorted(assets, key=lambda asset: asset.id)
    matches, problems = _matches(shelf, assets)
    own = shelf.own
    added, changed, named = [], [], []
    for asset in assets:
        entry = matches.get(asset.id)
        if entry is None:
            added.append(asset)
            continue
        fields = tuple(_fields(shelf, entry, asset))
        if fields:
            changed.append(EntryChange(entry.id, fields))
        if shelf.name_of(asset) not in (_name(entry), "") and asset.name != _name(entry):
            named.append(FieldChange(entry.id, _name(entry), shelf.name_of(asset)))
    met = {entry.id for entry in matches.values()} | set(undeployed)
    gone = tuple(sorted(own.keys() - met))
    changes = CatalogueChanges(
        tuple(added),
        tuple(sorted(changed, key=lambda change: change.id)),
        gone,
        tuple(sorted(named, key=lambda change: change.field)),
        len(matches) - len(changed),
    )
    return changes, problems


def _matches(shelf: Shelf, assets: list[Asset]) -> tuple[dict[str, CatalogueEntry], list[AssetProblem]]:
    """Return id of an asset -> the entry that it is: by identifier first, then by id among the entries left over."""
    problems: list[AssetProblem] = []
    by_identifier = {
        (fact, value): entry
        for entry in shelf.entries.values()
        for fact in shelf.identified_by
        if isinstance(value := entry.facts.get(ZONE + fact), str)
    }
    matches: dict[str, CatalogueEntry] = {}
    holders: dict[str, Asset] = {}
    for asset in assets:
        met: dict[str, tuple[str, CatalogueEntry]] = {}
        for fact in shelf.identified_by:
            entry = by_identifier.get((fact, asset.facts.get(fact) or ""))
            if entry is not None:
                met.setdefault(entry.id, (fact, entry))
        if len(met) > 1:
            said = " and ".join(f"`{id_}` by its {fact}" for id_, (fact, _) in met.items())
            cure = "one of the two is wrong here or there: settle it by hand in the catalogue"
            problems.append(_problem(asset, f"it is {said}", cure))
        for _, entry in met.values():
            if entry.product != shelf.product:
                cure = f"take it out there, or import with `--product {entry.product}`"
                problems.append(_problem(asset, f"it is `{entry.id}` of the product `{entry.product}`", cure))
            elif len(met) == 1 and entry.id in holders:
                cure = f"the list has it as {holders[entry.id].where} too: ask the issuer which is right"
                problems.append(_problem(asset, f"it would be `{entry.id}` a second time", cure))
            elif len(met) == 1:
                matches[asset.id] = entry
                holders[entry.id] = asset
    for asset in assets:
        entry = shelf.entries.get(asset.id)
        if entry is None or asset.id in matches or entry.id in holders:
            continue
        if entry.product != shelf.product:
            cure = "give one of the two another id: an id is in the catalogue once"
            problems.append(_problem(asset, f"the product `{entry.product}` has an instrument of this id", cure))
        else:
            matches[asset.id] = entry
    return matches, problems


def _fields(shelf: Shelf, entry: CatalogueEntry, asset: Asset) -> Iterable[FieldChange]:
    """Yield what the list has otherwise about an entry: what identifies it first."""
    if entry.id != asset.id:
        yield FieldChange(ID, entry.id, asset.id)
    order = {fact: place for place, fact in enumerate(shelf.identified_by)}
    for fact in sorted(asset.facts, key=lambda fact: (order.get(fact, len(order)), fact)):
        if fact not in shelf.facts:
            continue
        old = entry.facts.get(ZONE + fact)
        if old != asset.facts[fact]:
            yield FieldChange(fact, None if old is None else str(old), asset.facts[fact])


def _name(entry: CatalogueEntry) -> str:
    name = entry.facts.get(ZONE + "name")
    return name if isinstance(name, str) else entry.name


def _problem(asset: Asset, message: str, help: str) -> AssetProblem:
    file, _, pointer = asset.where.partition("#")
    return AssetProblem(file, pointer, f"`{asset.id}`: {message}", help)
