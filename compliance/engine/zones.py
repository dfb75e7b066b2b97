"""Turn a vocabulary into the classes that carry what the zones of a request say.

A class has an attribute for each fact of its zone, and takes from a body only what the decoder would take: msgspec
reads bodies straight into it (`engine.wire_types`). Facts that no body can give have names that no body can hold.

Invariant: requests of one vocabulary and kind of subject have the same classes, whichever way they were read: compiled
rules are fastest where they meet one class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from compliance.engine.facts import FIXED, OWN, Facts, Fixed, attribute, built_in
from compliance.engine.wire_types import BESIDE, column_reader, sendable, spelling
from compliance.vocabulary.facts import Zone
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance.vocabulary.facts import Vocabulary
    from compliance.vocabulary.values import FactValue

OUT_OF_REACH: Final = "\u00b7"
"""Begins a name that no body in ASCII and without backslashes can hold."""
DECLARED: Final = "obligations"
"""Name in an AuthZEN context under which a client says which types of obligation it sees to."""
_MOST: Final = 16


class Zones:
    """The classes of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take a vocabulary."""
        self.vocabulary = vocabulary
        others = (Zone.ACTION, Zone.RESOURCE, Zone.CONTEXT)
        self.classes: dict[Zone, type[Any]] = {zone: self._class(zone, None) for zone in others}
        self.subjects: dict[str, type[Any]] = {kind: self._class(Zone.SUBJECT, kind) for kind in vocabulary.kinds}
        self.nobody = self._class(Zone.SUBJECT, None)
        """The class of a subject of no kind."""
        identifying = {path for type_ in vocabulary.resource_types.values() for path in type_.identified_by}
        self.direct = {fact.path for zone in Zone for fact in sendable(vocabulary, zone)} - identifying
        """Facts that a request may say and that need nothing but to be read."""
        self._columns: dict[str, Callable[[list[Any]], list[Any]]] = {}

    def column(self, path: str) -> Callable[[list[Any]], list[Any]]:
        """Return what reads many values of a fact at once; it raises where each has to be looked at by itself."""
        found = self._columns.get(path)
        if found is None:
            found = self._columns[path] = column_reader(self.vocabulary.facts[path], self.vocabulary)
        return found

    def subject(self, kind: str | None) -> type[Any]:
        """Return the class of subjects of a kind."""
        return self.nobody if kind is None else self.subjects.get(kind, self.nobody)

    def paths(self, zone: Zone, kind: str | None = None) -> tuple[str, ...]:
        """Return the paths that a zone's class has attributes for, in their order: those only others have come last."""
        facts = [fact for fact in self.vocabulary.facts.values() if fact.zone is zone]
        if kind is not None:
            facts.sort(key=lambda fact: fact.kinds is not None and kind not in fact.kinds)
        taken = built_in(self.vocabulary)
        return tuple(fact.path for fact in facts if fact.path not in taken)

    def facts(self, values: Mapping[str, FactValue], kind: str | None = None) -> Facts:
        """Return the facts of a request from a mapping of paths to values; what is not in it is unknown.

        Raises:
            TypeError: for a path that the vocabulary lacks.
        """
        fixed = Fixed(**{attribute(path): values[path] for path in FIXED if path in values})
        own = {attribute(path): values[path] for path in OWN if path in values}
        parts: dict[str, dict[str, Any]] = {zone: {} for zone in Zone}
        for path, value in values.items():
            if path not in FIXED and path not in OWN:
                parts[path.partition(".")[0]][attribute(path)] = value
        action, resource, context = (self.classes[zone](**parts[zone]) for zone in self.classes)
        return Facts(self.subject(kind)(**parts[Zone.SUBJECT]), action, resource, context, fixed, **own)

    def _class(self, zone: Zone, kind: str | None) -> type[Any]:
        taken = {
            fact.path: fact
            for fact in sendable(self.vocabulary, zone)
            if zone is not Zone.SUBJECT or fact.kinds is None or kind in fact.kinds
        }
        fields: list[tuple[str, Any, Any]] = []
        for path in self.paths(zone, kind):
            name, type_ = OUT_OF_REACH + path, Any
            if path in taken:
                name, type_ = taken[path].name, spelling(taken[path], self.vocabulary).type
            fields.append((attribute(path), type_, msgspec.field(default=UNKNOWN, name=name)))
        if zone is Zone.CONTEXT:
            known = any(fact.path == f"{zone}.{DECLARED}" for fact in self.vocabulary.facts.values())
            name = OUT_OF_REACH if known else DECLARED
            fields.append((BESIDE, list[str] | UnsetType, msgspec.field(default=UNSET, name=name)))
        return msgspec.defstruct("Zone", fields, frozen=True, gc=False, eq=False, forbid_unknown_fields=True)


_known: Final[dict[int, Zones]] = {}


def zones_of(vocabulary: Vocabulary) -> Zones:
    """Return the classes of a vocabulary, made once for as long as few others are asked about."""
    found = _known.get(id(vocabulary))
    if found is None:
        if len(_known) >= _MOST:
            _known.clear()
        # Invariant: what is kept holds its vocabulary, so no other one gets its identity.
        found = _known[id(vocabulary)] = Zones(vocabulary)
    return found


def make_facts(vocabulary: Vocabulary, values: Mapping[str, FactValue], kind: str | None = None) -> Facts:
    """Return the facts of a request from a mapping of paths to values; what is not in it is unknown."""
    return zones_of(vocabulary).facts(values, kind)
