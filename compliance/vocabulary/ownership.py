"""Turn who owns an entity into how much of it blocked persons hold, together and through others.

An entity of which blocked persons hold the threshold or more, in aggregate, is itself blocked and passes its
whole holding on; an entity that is not blocked passes on nothing. Ownership counts, control does not.

Invariant: exact and monotone. What is not on file may belong to blocked persons: it widens the range and never
narrows it, so that learning more can settle an answer and cannot turn a true one.

Reference: OFAC, Revised Guidance on Entities Owned by Persons Whose Property Is Blocked (13 August 2014), and
FAQ 398 (ownership, not control).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Final

from compliance.vocabulary.unknown import UNKNOWN, Unknown

OFAC_THRESHOLD: Final = Decimal(50)
"""Percent; exactly this much is enough."""

NATURAL_PERSON: Final = "natural-person"
NOBODY_OWNS: Final = frozenset({NATURAL_PERSON})
"""Kinds of owner that cannot be owned: with them a chain ends."""

_ZERO: Final = Decimal(0)
_WHOLE: Final = Decimal(100)
_MOST_DECIMALS: Final = 30
_LONGEST_CHAIN: Final = 64
_EXACT: Final = Context(prec=80, traps=[Inexact, InvalidOperation])


class OwnershipError(ValueError):
    """The owners on file contradict themselves or are no shares at all; nothing can be computed from them."""


class OwnershipCycle(OwnershipError):  # noqa: N818  (the domain's own word)
    """An entity owns itself through others; `chain` names them, first and last the same."""

    def __init__(self, chain: tuple[str, ...]) -> None:
        """Take the identifiers of the entities, each owned by the next."""
        self.chain = chain
        super().__init__("nothing can own itself: " + " is owned by ".join(f"`{link}`" for link in chain))


@dataclass(frozen=True, slots=True, eq=False)
class Owner:
    """One owner of an entity; compared by identity, because what is unknown equals nothing.

    Attributes:
        id: names the owner wherever it occurs; its occurrences are one owner, so that `listed` and `owners` need
            be given only once. `None` for an owner that occurs once.
        kind: what it is, for instance `natural-person` or `company`.
        share: percent of the entity, 0 to 100, at most 30 decimals.
        listed: whether the owner is itself on a list.
        owners: who owns the owner, as far as is on file; none for a natural person.
    """

    id: str | None
    kind: str | Unknown
    share: Decimal | Unknown
    listed: bool | Unknown
    owners: tuple[Owner, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """What blocked persons hold of an entity, in percent: certainly `at_least`, possibly up to `at_most`."""

    at_least: Decimal
    at_most: Decimal

    def reaches(self, threshold: Decimal) -> bool | Unknown:
        """Say whether the holding is `threshold` or more; unknown if that lies within the range."""
        if self.at_least >= threshold:
            return True
        return False if self.at_most < threshold else UNKNOWN


def holding(
    owners: Iterable[Owner],
    *,
    threshold: Decimal = OFAC_THRESHOLD,
    entity: str | None = None,
    nobody_owns: frozenset[str] = NOBODY_OWNS,
) -> Holding:
    """Return how much of an entity blocked persons hold, directly and through entities that are blocked by this rule.

    Args:
        owners: the direct owners on file; what they lack to 100 percent is not on file.
        threshold: the percentage from which an entity is blocked, above 0 and up to 100.
        entity: the identifier of the entity itself, if it has one: it must not own itself.
        nobody_owns: kinds of owner that cannot be owned.

    Raises:
        OwnershipCycle: if an entity owns itself through others.
        OwnershipError: for shares outside 0 to 100 or that add up to more than 100, for an owner whose occurrences
            contradict each other, for the owners of somebody whom nobody can own, and for endless chains.
    """
    if not threshold.is_finite() or not _ZERO < threshold <= _WHOLE:
        raise OwnershipError(f"a threshold must be above 0 and at most 100 percent, not `{threshold}`")
    top = tuple(owners)
    return _Register(threshold, nobody_owns, _merged(top)).holding(top, () if entity is None else (entity,))


def blocked(
    owners: Iterable[Owner],
    *,
    threshold: Decimal = OFAC_THRESHOLD,
    entity: str | None = None,
    nobody_owns: frozenset[str] = NOBODY_OWNS,
) -> bool | Unknown:
    """Say whether an entity is blocked because of who owns it; arguments and errors as for `holding`.

    Whether the entity itself is listed is another fact.
    """
    return holding(owners, threshold=threshold, entity=entity, nobody_owns=nobody_owns).reaches(threshold)


@dataclass(slots=True)
class _Identity:
    """What the occurrences of one identifier say together."""

    kind: str | Unknown = UNKNOWN
    listed: bool | Unknown = UNKNOWN
    owners: tuple[Owner, ...] = ()

    def learn(self, owner: Owner) -> None:
        if not isinstance(owner.kind, Unknown):
            if not isinstance(self.kind, Unknown) and self.kind != owner.kind:
                raise OwnershipError(f"the owner `{owner.id}` is given both as {self.kind} and as {owner.kind}")
            self.kind = owner.kind
        if not isinstance(owner.listed, Unknown):
            if not isinstance(self.listed, Unknown) and self.listed is not owner.listed:
                raise OwnershipError(f"the owner `{owner.id}` is given both as listed and as not listed")
            self.listed = owner.listed
        if owner.owners:
            if self.owners and not _same(self.owners, owner.owners):
                raise OwnershipError(f"the owner `{owner.id}` is given with two different lists of owners")
            self.owners = owner.owners


@dataclass(slots=True)
class _Register:
    """Answers about every owner once, however often it occurs."""

    threshold: Decimal
    nobody_owns: frozenset[str]
    identities: Mapping[str, _Identity]
    answers: dict[str, bool | Unknown] = field(default_factory=dict)

    def holding(self, owners: tuple[Owner, ...], chain: tuple[str, ...]) -> Holding:
        certain, possible, rest = _ZERO, _ZERO, _WHOLE
        for owner in owners:
            owner_blocked = self.owner_blocked(owner, chain)
            if isinstance(owner.share, Unknown):
                continue  # lies somewhere in what is left of the whole
            rest = _EXACT.subtract(rest, owner.share)
            if rest < _ZERO:
                raise OwnershipError("the shares of the owners add up to more than 100 percent")
            if owner_blocked is not False:
                possible = _EXACT.add(possible, owner.share)
            if owner_blocked is True:
                certain = _EXACT.add(certain, owner.share)
        return Holding(certain, _EXACT.add(possible, rest))

    def owner_blocked(self, owner: Owner, chain: tuple[str, ...]) -> bool | Unknown:
        if len(chain) >= _LONGEST_CHAIN:
            raise OwnershipError(f"a chain of owners is longer than {_LONGEST_CHAIN}")
        if owner.id is None:
            return self._judge(owner.kind, owner.listed, owner.owners, (*chain, "an owner without a name"))
        if owner.id in chain:
            raise OwnershipCycle((*chain[chain.index(owner.id) :], owner.id))
        if owner.id not in self.answers:
            known = self.identities[owner.id]
            self.answers[owner.id] = self._judge(known.kind, known.listed, known.owners, (*chain, owner.id))
        return self.answers[owner.id]

    def _judge(
        self, kind: str | Unknown, listed: bool | Unknown, owners: tuple[Owner, ...], chain: tuple[str, ...]
    ) -> bool | Unknown:
        if not isinstance(kind, Unknown) and kind in self.nobody_owns:
            if owners:
                raise OwnershipError(f"`{chain[-1]}` is a {kind} and cannot have owners")
            return listed
        owned = self.holding(owners, chain).reaches(self.threshold)
        if listed is True or owned is True:
            return True
        return False if listed is False and owned is False else UNKNOWN


def _merged(owners: tuple[Owner, ...]) -> dict[str, _Identity]:
    identities: dict[str, _Identity] = {}
    for owner in _everyone(owners):
        _check_share(owner.share)
        if owner.id is not None:
            identities.setdefault(owner.id, _Identity()).learn(owner)
    return identities


def _everyone(owners: tuple[Owner, ...]) -> Iterator[Owner]:
    """Yield every occurrence, without recursion: a chain may be as long as whoever sent it liked."""
    waiting = deque(owners)
    while waiting:
        owner = waiting.popleft()
        yield owner
        waiting.extend(owner.owners)


def _same(one: tuple[Owner, ...], other: tuple[Owner, ...]) -> bool:
    """Say whether two lists give the same named owners the same shares, in any order."""
    if one is other:
        return True
    outline = _outline(one)
    return outline is not None and outline == _outline(other)


def _outline(owners: tuple[Owner, ...]) -> list[tuple[str, str]] | None:
    """Return names and shares in order, or `None` if an owner has no name and so equals nobody."""
    named: list[tuple[str, str]] = []
    for owner in owners:
        if owner.id is None:
            return None
        share = "unknown" if isinstance(owner.share, Unknown) else str(owner.share.normalize(_EXACT))
        named.append((owner.id, share))
    return sorted(named)


def _check_share(share: Decimal | Unknown) -> None:
    if isinstance(share, Unknown):
        return
    if not share.is_finite() or not _ZERO <= share <= _WHOLE:
        raise OwnershipError(f"a share must be between 0 and 100 percent, not `{str(share)[:40]}`")
    exponent = share.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -_MOST_DECIMALS:
        raise OwnershipError(f"a share has at most {_MOST_DECIMALS} decimals")
