"""Turn stated containment and dated groups into the answer to `within` at an instant.

Invariant: `within` is true only where a line of `jurisdictions/`, or the ISO 3166-2 entry of a subdivision,
says so; where a coarse code is compared with a part of it, the answer is unknown and never false.

Reference: DESIGN 4.2, Places.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from compliance.vocabulary import territory
from compliance.vocabulary.suggestions import near
from compliance.vocabulary.unknown import UNKNOWN, Unknown


class UnknownPlace(LookupError):  # noqa: N818  (says what the name is)
    """The name is neither a territory nor a group; `suggestions` are names that may have been meant."""

    def __init__(self, text: str, suggestions: tuple[str, ...]) -> None:
        """Take what was given and what may have been meant."""
        self.text = text
        self.suggestions = suggestions
        self.sentence = f"`{text[:40]}` is neither a territory nor a group"
        meant = " or ".join(f"`{name}`" for name in suggestions)
        super().__init__(f"{self.sentence}; did you mean {meant}" if meant else self.sentence)

    def __reduce__(self) -> tuple[type[UnknownPlace], tuple[str, tuple[str, ...]]]:
        """Pickle by the two arguments, not by the message."""
        return UnknownPlace, (self.text, self.suggestions)


class PlacesError(ValueError):
    """The stated containment or the groups contradict themselves."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What belongs to a group from `start` (inclusive) until `end` (exclusive); `None` is open on that side.

    `codes` are territories and names of other groups; the instants are aware.
    """

    codes: frozenset[str]
    start: datetime | None = None
    end: datetime | None = None

    def __contains__(self, instant: datetime) -> bool:
        """Say whether the membership is in force at `instant` (aware)."""
        return (self.start is None or self.start <= instant) and (self.end is None or instant < self.end)


@dataclass(frozen=True, slots=True)
class Group:
    """A named, dated set of territories and other groups.

    Memberships may overlap (what belongs is their union) and leave gaps (then nothing belongs).
    """

    name: str
    memberships: tuple[Membership, ...]


class Places:
    """All places that rules may name; immutable.

    Answers are computed when they are first asked for and kept, so an instance is cheap to make and to ask.
    """

    __slots__ = ("_changes", "_resolved", "groups", "parents")

    def __init__(self, parents: Mapping[str, str], groups: Mapping[str, Group]) -> None:
        """Take what lies in what, and the groups.

        Args:
            parents: ISO 3166-1 code (or `XK`) -> the ISO 3166-1 code in which it lies.
            groups: name -> group.

        Raises:
            PlacesError: for a parent that is no country, a circle, a group named like a territory, a
                membership that ends before it starts or has an instant without a zone.
            UnknownTerritory: for a parent that is no territory.
            UnknownPlace: for a member that is neither a territory nor a group.
        """
        self.parents: Mapping[str, str] = MappingProxyType(_checked_parents(parents))
        self.groups: Mapping[str, Group] = MappingProxyType(_checked_groups(groups))
        edges = {
            edge
            for group in self.groups.values()
            for membership in group.memberships
            for edge in (membership.start, membership.end)
            if edge is not None
        }
        self._changes = tuple(sorted(edges))
        self._resolved: dict[int, PlacesAt] = {}

    def at(self, instant: datetime) -> PlacesAt:
        """Return the places as they are at `instant`.

        Raises:
            PlacesError: if `instant` has no time zone.
        """
        if instant.tzinfo is None:
            raise PlacesError("an instant without a time zone dates nothing: give it in UTC")
        epoch = bisect_right(self._changes, instant)
        found = self._resolved.get(epoch)
        if found is None:
            found = self._resolved[epoch] = PlacesAt(self.parents, _in_force(self.groups, instant))
        return found


class PlacesAt:
    """The places as they are at one instant: what lies within what. Immutable; made by `Places.at`."""

    __slots__ = ("_children", "_coarse", "_groups", "_inside", "_members")

    def __init__(self, parents: Mapping[str, str], groups: Mapping[str, frozenset[str]]) -> None:
        """Take checked parents and, for each group, what belongs to it now (territories and groups)."""
        children: dict[str, list[str]] = {}
        for code, parent in sorted(parents.items()):
            children.setdefault(parent, []).append(code)
        self._children = children
        self._groups = groups
        self._inside: dict[str, frozenset[str]] = {}
        self._coarse: dict[str, frozenset[str]] = {}
        self._members: dict[str, frozenset[str]] = {}

    def is_place(self, name: str) -> bool:
        """Say whether `name` is a territory (twins included) or a group."""
        return name in self._groups or territory.is_territory(name)

    def members(self, group: str) -> frozenset[str]:
        """Return the canonical codes that belong to the group now, by themselves or through a group in it.

        Raises:
            UnknownPlace: if `group` is none.
        """
        found = self._members.get(group)
        if found is None:
            if group not in self._groups:
                raise UnknownPlace(group, near(group, self._groups))
            codes: set[str] = set()
            for member in self._groups[group]:
                codes |= self.members(member) if member in self._groups else {member}
            found = self._members[group] = frozenset(codes)
        return found

    def inside(self, place: str) -> frozenset[str]:
        """Return every canonical code, of ISO 3166-1 and 3166-2, that is certainly within `place`.

        Raises:
            UnknownPlace: if `place` is neither a territory nor a group.
        """
        found = self._inside.get(place)
        if found is None:
            codes: set[str] = set()
            for member in self._starting_points(place):
                codes |= self._below(member)
            found = self._inside[place] = frozenset(codes)
        return found

    def coarse(self, place: str) -> frozenset[str]:
        """Return the canonical codes of which only a part is within `place`: for them `within` is unknown.

        Raises:
            UnknownPlace: if `place` is neither a territory nor a group.
        """
        found = self._coarse.get(place)
        if found is None:
            codes: set[str] = set()
            for member in self._starting_points(place):
                codes.update(territory.enclosing(member))
            found = self._coarse[place] = frozenset(codes) - self.inside(place)
        return found

    def within(self, code: str, place: str) -> bool | Unknown:
        """Say whether the territory `code` is within `place` (a territory or a group).

        Returns:
            True if it is the place, lies in it, or is or lies in a member of it; `UNKNOWN` if the place or a
            member of it is a subdivision of `code`; else False.

        Raises:
            UnknownTerritory: if `code` is no territory.
            UnknownPlace: if `place` is neither a territory nor a group.
        """
        found = territory.canonical(code)
        if found in self.inside(place):
            return True
        return UNKNOWN if found in self.coarse(place) else False

    def _starting_points(self, place: str) -> Iterable[str]:
        if place in self._groups:
            return self.members(place)
        try:
            return (territory.canonical(place),)
        except territory.UnknownTerritory as error:
            meant = (*near(place, self._groups), *error.suggestions)
            raise UnknownPlace(place, tuple(dict.fromkeys(meant))) from None

    def _below(self, code: str) -> set[str]:
        """Return `code`, its subdivisions, and the same of every country that lies in it."""
        country = territory.country_of(code)
        if code != country:
            siblings = territory.subdivisions(country)
            return {code, *(other for other in siblings if code in territory.enclosing(other))}
        found = {code, *territory.subdivisions(code)}
        for child in self._children.get(code, ()):
            found |= self._below(child)
        return found


def _in_force(groups: Mapping[str, Group], instant: datetime) -> dict[str, frozenset[str]]:
    return {
        name: frozenset[str]().union(*(span.codes for span in group.memberships if instant in span))
        for name, group in groups.items()
    }


def _checked_parents(parents: Mapping[str, str]) -> dict[str, str]:
    checked: dict[str, str] = {}
    for code, parent in parents.items():
        for given in (code, parent):
            if territory.canonical(given) != given or territory.country_of(given) != given:
                raise PlacesError(f"`{given}` is a subdivision: only countries are stated to lie in another")
        checked[code] = parent
    for code in sorted(checked):
        chain = [code]
        while chain[-1] in checked:
            chain.append(checked[chain[-1]])
            if chain[-1] in chain[:-1]:
                raise PlacesError("nothing lies in itself: " + " in ".join(f"`{step}`" for step in chain))
    return checked


def _checked_groups(groups: Mapping[str, Group]) -> dict[str, Group]:
    checked: dict[str, Group] = {}
    for name, group in groups.items():
        if name != group.name:
            raise PlacesError(f"the group `{group.name}` is listed as `{name}`")
        if territory.is_territory(name):
            raise PlacesError(f"`{name}` is a territory: a group needs a name of its own")
        checked[name] = Group(name, tuple(_checked_membership(name, span, groups) for span in group.memberships))
    _refuse_circles(checked)
    return checked


def _checked_membership(group: str, span: Membership, groups: Mapping[str, Group]) -> Membership:
    for edge in (span.start, span.end):
        if edge is not None and edge.tzinfo is None:
            raise PlacesError(f"a membership of `{group}` has an instant without a time zone")
    if span.start is not None and span.end is not None and span.end <= span.start:
        raise PlacesError(f"a membership of `{group}` ends before it starts")
    codes: set[str] = set()
    for code in sorted(span.codes):
        if code in groups:
            codes.add(code)
            continue
        try:
            codes.add(territory.canonical(code))
        except territory.UnknownTerritory as error:
            meant = (*near(code, groups), *error.suggestions)
            raise UnknownPlace(code, tuple(dict.fromkeys(meant))) from None
    return Membership(frozenset(codes), span.start, span.end)


def _refuse_circles(groups: Mapping[str, Group]) -> None:
    """Refuse a group that contains itself, at any instant: dates must not hide a circle."""
    contains = {
        name: sorted({code for span in group.memberships for code in span.codes if code in groups})
        for name, group in groups.items()
    }
    finished: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            circle = (*path[path.index(name) :], name)
            raise PlacesError("a group cannot contain itself: " + " contains ".join(f"`{step}`" for step in circle))
        if name not in finished:
            for member in contains[name]:
                visit(member, (*path, name))
            finished.add(name)

    for name in sorted(contains):
        visit(name, ())
