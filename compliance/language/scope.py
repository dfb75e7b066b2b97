"""What a condition may talk about where it stands: facts, definitions, parameters, places, kinds of subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from compliance.vocabulary.facts import HOMES, HOMES_TYPE, Vocabulary, Zone
from compliance.vocabulary.types import STRING, TIMESTAMP, FactType, OneOfType

SUBJECT_TYPE: Final = "subject.type"
"""Path of the built-in fact that says which kind of subject is asked about; it is never unknown."""
ZONES: Final = frozenset(zone.value for zone in Zone)
"""The four words that start the name of a fact."""

Typed = tuple[FactType, str | None]
"""A type, and the jurisdiction whose file gives the name (`None` is the whole rulebook)."""


def _nothing(_: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that names in one condition can mean."""

    vocabulary: Vocabulary
    is_place: Callable[[str], bool]
    """Says whether a text is the code of a territory or the name of a group."""
    place_suggestions: Iterable[str] = ()
    definition: Callable[[str], Typed | None] = _nothing
    """Name -> type and jurisdiction, as seen from the file; `None` if there is none or it is broken itself."""
    definition_names: Iterable[str] = ()
    """All names that `definition` knows, and those whose own text is broken."""
    parameter: Callable[[str], Typed | None] = _nothing
    parameter_names: Iterable[str] = ()
    kinds: frozenset[str] | None = None
    """Kinds of subject for which the condition may be evaluated; `None` is all."""
    products: frozenset[str] = frozenset()
    resource_types: frozenset[str] = frozenset()
    """Types of resource besides those of the vocabulary."""
    definition_kinds: Callable[[str], frozenset[str] | None] = _nothing
    """Name -> the kinds of subject for which the definition has a meaning; `None` is all."""
    extra: Mapping[str, FactType] = field(default_factory=dict)
    """Words beside the facts: in an invariant, `outcome`."""

    def all_kinds(self) -> frozenset[str]:
        """Return the kinds of subject for which the condition may be evaluated."""
        return frozenset(self.vocabulary.kinds) if self.kinds is None else self.kinds

    def built_in(self, path: str) -> FactType | None:
        """Return the type of a fact that no vocabulary declares, or `None`."""
        match path:
            case "subject.type":
                return OneOfType(tuple(self.vocabulary.kinds))
            case "action.name":
                return OneOfType(self.vocabulary.all_actions())
            case "resource.type":
                return OneOfType(tuple(dict.fromkeys((*self.vocabulary.resource_types, *sorted(self.resource_types)))))
            case "resource.product":
                return OneOfType(tuple(sorted(self.products)))
            case "resource.id":
                return STRING
            case "context.time":
                return TIMESTAMP
            case _:
                return HOMES_TYPE if path == HOMES else None

    def known_names(self) -> list[str]:
        """Return every name a condition could have meant: facts, definitions, built-in facts, other words."""
        return [*self.vocabulary.facts, *self.definition_names, *BUILT_IN, *self.extra]


BUILT_IN: Final = (
    SUBJECT_TYPE,
    HOMES,
    "action.name",
    "resource.type",
    "resource.id",
    "resource.product",
    "context.time",
)
"""Facts of every request that no vocabulary declares."""
