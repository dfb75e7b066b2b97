"""Say, for every territory, which statements are about it and which groups it belongs to, from when until when.

Invariant: made from the rulebook's own dates; between two of them nothing changes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.engine.evaluator import covers
from compliance.language.rulebook import HomeScope
from compliance.vocabulary import territory
from compliance.vocabulary.period import Period
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from compliance.engine.ruleset import Ruleset, Timeline
    from compliance.pages.statements import Statements


@dataclass(frozen=True, slots=True)
class Spell:
    """How long something holds for a territory; `partly`: for some of its regions only, or as far as is known."""

    period: Period
    partly: bool


@dataclass(frozen=True, slots=True)
class Event:
    """One day on which something about a territory begins or ends; `name` is a statement or a group."""

    at: datetime
    begins: bool
    name: str
    is_group: bool


class History:
    """What held, holds and will hold in every territory of ISO 3166-1 and `XK`."""

    def __init__(self, timeline: Timeline, statements: Statements) -> None:
        """Walk through the dates of a rulebook once."""
        self._timeline = timeline
        self._countries = sorted(territory.all_countries())
        self._reached: dict[tuple[int, HomeScope], Mapping[str, bool]] = {}
        scoped = [
            (id_, version)
            for id_, statement in statements.by_id.items()
            for version in statement.versions
            if version.home is not None
        ]
        groups = tuple(timeline.rulebook.places.groups)

        def statements_at(ruleset: Ruleset) -> Iterator[tuple[str, Mapping[str, bool]]]:
            for id_, version in scoped:
                if ruleset.instant in version.effective and version.home is not None:
                    yield id_, self._reach(ruleset, version.home)

        def groups_at(ruleset: Ruleset) -> Iterator[tuple[str, Mapping[str, bool]]]:
            for name in groups:
                yield name, self._reach(ruleset, HomeScope(name))

        self.statements = self._spells(statements_at)
        """Territory -> id of a statement -> when it is about the territory."""
        self.groups = self._spells(groups_at)
        """Territory -> group -> when it belongs to it."""

    def events(self, code: str) -> tuple[Event, ...]:
        """Return what begins and ends in a territory, earliest first."""
        found: list[Event] = []
        for held, is_group in ((self.statements, False), (self.groups, True)):
            for name, spells in held.get(code, {}).items():
                for spell in spells:
                    for edge, begins in ((spell.period.start, True), (spell.period.end, False)):
                        if edge is not None:
                            found.append(Event(edge, begins, name, is_group))
        return tuple(sorted(found, key=lambda event: (event.at, event.begins, event.is_group, event.name)))

    def _reach(self, ruleset: Ruleset, scope: HomeScope) -> Mapping[str, bool]:
        """Return the territories that a scope covers, each with whether only in part."""
        key = (id(ruleset.places), scope)
        if key not in self._reached:
            if scope.within is not None and not scope.excepting and not scope.outside:
                # What `covers` says of a plain scope, for all territories at once.
                inside, coarse = ruleset.places.inside(scope.within), ruleset.places.coarse(scope.within)
                found = {code: code in coarse for code in self._countries if code in inside or code in coarse}
            else:
                values = ((code, covers(ruleset, scope, code)) for code in self._countries)
                found = {code: value is UNKNOWN for code, value in values if value is not False}
            self._reached[key] = found
        return self._reached[key]

    def _spells(
        self, held_at: Callable[[Ruleset], Iterator[tuple[str, Mapping[str, bool]]]]
    ) -> Mapping[str, Mapping[str, tuple[Spell, ...]]]:
        edges = self._timeline.edges
        found: dict[str, dict[str, list[Spell]]] = defaultdict(lambda: defaultdict(list))
        # Before the first date holds what has no beginning: it is asked for a moment before.
        starts: list[datetime | None] = [None, *edges]
        for number, start in enumerate(starts):
            end = edges[number] if number < len(edges) else None
            if start is None and end is None:
                return {}
            ruleset = self._timeline.at(start) if start is not None else self._before(edges[0])
            for name, reached in held_at(ruleset):
                for code, partly in reached.items():
                    _extend(found[code][name], start, end, partly=partly)
        return {code: {name: tuple(spells) for name, spells in names.items()} for code, names in found.items()}

    def _before(self, first: datetime) -> Ruleset:
        return self._timeline.at(first.replace(year=first.year - 1))


def _extend(spells: list[Spell], start: datetime | None, end: datetime | None, *, partly: bool) -> None:
    last = spells[-1] if spells else None
    if last is not None and last.period.end == start and last.partly is partly:
        spells[-1] = Spell(Period(last.period.start, end), partly)
    else:
        spells.append(Spell(Period(start, end), partly))
