"""The checked rulebook: everything that all the files say, with every name resolved and every type fitting.

Invariant: immutable, made by `language.loader` only, complete (nothing needs the files again).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from compliance.language.expression import Expression
    from compliance.language.span import Source, Span
    from compliance.vocabulary.authority import Authority
    from compliance.vocabulary.facts import Vocabulary
    from compliance.vocabulary.period import Period
    from compliance.vocabulary.places import Places
    from compliance.vocabulary.types import FactType
    from compliance.vocabulary.values import Value


class Effect(StrEnum):
    """What a rule does when its value is true (a `require`: when it is not)."""

    PERMIT = "permit"
    FORBID = "forbid"
    REQUIRE = "require"
    REFER = "refer"
    OBLIGE = "oblige"


@dataclass(frozen=True, slots=True)
class HomeScope:
    """The homes a rule is about: in `within` (`None`: anywhere), in none of `excepting`, outside all of `outside`."""

    within: str | None
    excepting: tuple[str, ...] = ()
    outside: tuple[HomeScope, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. A rule made from a position has an id `<jurisdiction>/<layer>-<product>-...` and says so."""

    id: str
    effect: Effect
    says: str
    actions: frozenset[str]
    authority: tuple[Authority, ...]
    span: Span
    kinds: frozenset[str] | None = None
    product: str | None = None
    resource_type: str | None = None
    home: HomeScope | None = None
    """`None`: a rule of `rules/`, which covers every home."""
    when: Expression | None = None
    needs: Expression | None = None
    remedy: str | None = None
    obligation: str | None = None
    effective: Period | None = None
    review_by: datetime | None = None
    layer: str | None = None
    jurisdiction: str | None = None
    theme: str | None = None
    from_position: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """What one jurisdiction's file says about one product in one layer; `rules` are what it means."""

    jurisdiction: str
    layer: str
    product: str
    access: str
    authority: tuple[Authority, ...]
    span: Span
    effective: Period
    says: str
    excepting: tuple[str, ...] = ()
    when: Expression | None = None
    review_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """One meaning of a name: for some kinds, in some jurisdiction, in some period."""

    name: str
    means: str
    body: Expression
    type: FactType
    span: Span
    kinds: frozenset[str] | None = None
    jurisdiction: str | None = None
    effective: Period | None = None
    authority: tuple[Authority, ...] = ()


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One dated, cited value of a parameter."""

    name: str
    jurisdiction: str | None
    value: Value
    type: FactType
    effective: Period
    authority: tuple[Authority, ...]
    span: Span
    review_by: datetime | None = None
    means: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A product and the product it is part of."""

    id: str
    name: str
    part_of: str | None
    authority: tuple[Authority, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A catalogued resource or subject: `facts` maps paths to values; `product` is set for instruments."""

    type: str
    id: str
    facts: Mapping[str, Value | None]
    span: Span
    product: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class JurisdictionPage:
    """The head of a jurisdiction's or group's file."""

    code: str
    name: str
    is_group: bool
    span: Span
    review_by: datetime | None = None
    authority: tuple[Authority, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Persona:
    """A named starting point of cases that is a whole request by itself."""

    name: str
    request: Mapping[str, object]
    """As JSON would carry it."""
    means: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One example that a rule file must hold to: a sentence, a request as JSON would carry it, an outcome."""

    sentence: str
    as_of: datetime
    request: Mapping[str, object]
    outcome: str
    span: Span
    grounds: tuple[str, ...] | None = None
    """Ids of rules that must be among the grounds; `None` asserts nothing about them."""
    not_grounds: tuple[str, ...] | None = None
    """Ids of rules that must not be among them."""
    missing: tuple[str, ...] | None = None
    requirements: tuple[str, ...] | None = None
    obligations: tuple[str, ...] | None = None
    file: str = ""
    home: str | None = None
    """Which of the `homes:` of a written case this one is about."""

    @property
    def name(self) -> str:
        """Return the sentence, and the home that tells the case from others of the same sentence."""
        return self.sentence if self.home is None else f"{self.sentence} ({self.home})"


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold for every possible request; `holds` also reads `outcome` and `action.name`."""

    name: str
    holds: Expression
    says: str
    span: Span


@dataclass(frozen=True, slots=True)
class Unobservable:
    """A move of a threshold or a date that no case can show, as the rulebook says itself."""

    edge: str
    because: str
    span: Span


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All the files, checked."""

    vocabulary: Vocabulary
    places: Places
    products: Mapping[str, Product]
    catalogue: Mapping[str, Mapping[str, CatalogueEntry]]
    """Type -> id -> entry."""
    definitions: tuple[Definition, ...]
    parameters: tuple[ParameterValue, ...]
    rules: tuple[Rule, ...]
    """In order of id; those made from positions among them."""
    positions: tuple[Position, ...]
    jurisdictions: Mapping[str, JurisdictionPage]
    cases: tuple[Case, ...]
    invariants: tuple[Invariant, ...]
    sources: tuple[Source, ...]
    """In order of path."""
    digest: str
    """`sha256:` and 64 hex digits over paths and texts: the same on every machine."""
    group_reviews: Mapping[str, tuple[Period, ...]]
    """Group -> when its membership is stale: from the day after the review date until what was to be reviewed ends."""
    personas: Mapping[str, Persona] = field(default_factory=dict)
    """Name -> persona, of those that are a whole request."""
    unobservable: tuple[Unobservable, ...] = ()

    def group_review(self, group: str, at: datetime) -> datetime | None:
        """Return from when the members of `group` are stale, as far as they have not ended by `at`; `None`: never."""
        overdue = self.group_reviews.get(group, ())
        return min((one.start for one in overdue if one.start and (one.end is None or at < one.end)), default=None)

    @property
    def written_cases(self) -> int:
        """Return how many cases stand in the files: one with `homes:` counts once, and is in `cases` for each home."""
        return len({case.span for case in self.cases})
