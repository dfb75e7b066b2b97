"""What a request may say: facts, kinds of subject, actions, resources, as a vocabulary declares them.

Invariant: everything here comes from `vocabulary.yaml`; no name of a fact, action or kind is written in Python,
except the four zones, `subject.homes` and the gate's `context.time` and `context.fx`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from compliance.vocabulary.ownership import NOBODY_OWNS
from compliance.vocabulary.types import TERRITORY, FactType, SetType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from compliance.vocabulary.authority import Authority
    from compliance.vocabulary.values import FactValue, Value


class Zone(StrEnum):
    """The four parts of a request (AuthZEN 1.0)."""

    SUBJECT = "subject"
    ACTION = "action"
    RESOURCE = "resource"
    CONTEXT = "context"


class Origin(StrEnum):
    """Where a fact comes from."""

    REQUEST = "request"
    CATALOGUE = "catalogue"
    FEED = "feed"
    GATE = "gate"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class WithoutFeed:
    """What holds for a fed fact when nobody feeds it, and who says so."""

    value: FactValue
    authority: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """The one computation a vocabulary may name: aggregate and indirect ownership over a list of owners."""

    function: str
    over: str
    """Path of the fact that holds the owners."""
    listed: str
    """Field of the owner record that says whether the owner is on the list in question."""
    threshold: Value
    unowned: frozenset[str] = NOBODY_OWNS
    """Kinds of owner that nobody owns."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a request may say."""

    path: str
    """Zone and name, for instance `subject.residence`."""
    type: FactType
    means: str
    order: int
    """Position in the vocabulary: the order of questions."""
    ask: str | None = None
    kinds: frozenset[str] | None = None
    """Kinds of subject that have this fact; `None` is all."""
    origins: tuple[Origin, ...] = (Origin.REQUEST,)
    optional: bool = False
    at_least: int = 1
    personal: bool = False
    changeable: bool = False
    stale_after: timedelta | None = None
    without_feed: WithoutFeed | None = None
    computed: Computed | None = None
    retired: str | None = None
    example: object = None

    @property
    def zone(self) -> Zone:
        """Return the part of the request that the fact belongs to."""
        return Zone(self.path.split(".", 1)[0])

    @property
    def name(self) -> str:
        """Return the name inside the zone."""
        return self.path.split(".", 1)[1]


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a record type."""

    name: str
    type: FactType
    means: str = ""
    optional: bool = False
    depth: int | None = None
    """How deep a record may contain itself through this field."""
    at_least: int = 1
    """How many elements a set or list must have."""


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """A kind of subject and the facts that say where it is at home."""

    name: str
    homes: tuple[str, ...] = ()
    """Paths of facts of type `territory` or `set<territory>`."""
    means: str = ""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource: which actions take it and which catalogue facts also identify it."""

    name: str
    actions: frozenset[str] | None = None
    """Actions that take this type; `None` is all."""
    identified_by: tuple[str, ...] = ()
    """Paths of catalogue facts (an ISIN, a mint) that also find the resource and must agree with it."""
    chains: tuple[str, ...] = ()
    """CAIP-2 ids of the chains on which those identifiers count, so that a CAIP-19 id finds the resource too."""
    networks: Mapping[str, str] = field(default_factory=dict)
    """Name of a network, as issuers' lists write it -> its CAIP-2 id: what a list that is imported may name."""


@dataclass(frozen=True, slots=True)
class Counterparty:
    """A second subject that an action may name, decided on its own (a recipient decides `receive`)."""

    name: str
    """Property of the action that carries the subject, for instance `recipient`."""
    actions: frozenset[str]
    decided_as: str


@dataclass(frozen=True, slots=True)
class AccessEffect:
    """What an access level does for one class of actions: an effect, and on what definition it depends."""

    effect: str
    only_if: str | None = None
    """Definition that must hold for a permit; where it does not, the effect is `forbid`."""
    also: str | None = None
    """A second effect beside a permit, for instance `refer`."""


@dataclass(frozen=True, slots=True)
class Access:
    """An access level that a position may state: class of action -> what it does."""

    name: str
    effects: Mapping[str, AccessEffect]
    says: str = ""


@dataclass(frozen=True, slots=True)
class Uncovered:
    """The access of a territory that no position covers, and who says so."""

    access: str
    says: str
    authority: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that can be said to one rulebook."""

    actions: Mapping[str, tuple[str, ...]]
    """Class of actions -> actions, for instance `entry -> (onboard, buy, ...)`."""
    kinds: Mapping[str, SubjectKind]
    resource_types: Mapping[str, ResourceType]
    facts: Mapping[str, Fact]
    """Path -> fact, in the vocabulary's order."""
    records: Mapping[str, Mapping[str, RecordField]] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    access: Mapping[str, Access] = field(default_factory=dict)
    uncovered: Uncovered | None = None
    counterparties: tuple[Counterparty, ...] = ()
    allow_for: timedelta | None = None
    obligations: frozenset[str] = frozenset()
    """Types of obligation that `oblige` rules may use."""

    def class_of(self, action: str) -> str | None:
        """Return the class of `action`, or `None` if no class has it."""
        return next((name for name, actions in self.actions.items() if action in actions), None)

    def all_actions(self) -> tuple[str, ...]:
        """Return every action, class by class."""
        return tuple(action for actions in self.actions.values() for action in actions)

    def facts_of(self, kind: str) -> tuple[Fact, ...]:
        """Return the facts that a subject of `kind` can have, in the vocabulary's order."""
        return tuple(fact for fact in self.facts.values() if fact.kinds is None or kind in fact.kinds)


HOMES = "subject.homes"
"""Path of the built-in fact: the territories where the subject is at home."""
HOMES_TYPE = SetType(TERRITORY)
FX = "context.fx"
"""Path of the fact that holds exchange rates, a list of records `{from, to, rate, observed_at, source}`."""


def distinct_homes(kind: SubjectKind, facts: Mapping[str, FactValue]) -> tuple[object, ...]:
    """Return the territories where a subject is at home, each once, and `UNKNOWN` last if one was not given.

    An absent home fact gives no home; a fact that `facts` (path -> value) lacks was not given.
    """
    codes: dict[object, None] = {}
    unknown = False
    for path in kind.homes:
        value = facts.get(path, UNKNOWN)
        if value is UNKNOWN:
            unknown = True
        elif isinstance(value, frozenset):
            codes.update(dict.fromkeys(sorted(value, key=str)))
        elif value is not None:
            codes[value] = None
    return (*codes, UNKNOWN) if unknown else tuple(codes)
