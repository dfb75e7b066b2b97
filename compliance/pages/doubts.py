"""Find what a rulebook rests on too lightly: one source, weak ones, sources that nobody has read again for long.

A decision of the house is no source that could be checked against another, so it alone is no single source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from compliance.pages import addresses
from compliance.vocabulary.authority import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.language.rulebook import Rulebook
    from compliance.pages.statements import Statements
    from compliance.vocabulary.authority import Authority

SOON: Final = timedelta(days=90)
"""How long before its review date something is listed."""
OLD: Final = timedelta(days=365)
"""After how long a source counts as not having been read lately."""
_WEAK: Final = frozenset({Standing.SECONDARY, Standing.RECALLED})


@dataclass(frozen=True, slots=True)
class Founded:
    """Something that holds at an instant, and what it rests on."""

    name: str
    says: str
    address: str
    authority: tuple[Authority, ...]
    review_by: datetime | None
    start: datetime | None
    """Since when it holds; `None`: no source states it."""

    @property
    def sources(self) -> tuple[Authority, ...]:
        """Return what it rests on outside of the house."""
        return tuple(one for one in self.authority if one.standing is not Standing.HOUSE)


@dataclass(frozen=True, slots=True)
class Doubts:
    """What should be looked at, worst first."""

    overdue: tuple[Founded, ...]
    """Past its review date: on the way in, what rests on it is referred."""
    soon: tuple[Founded, ...]
    """Due for review within `SOON`."""
    unread: tuple[Founded, ...]
    """A source of it was last read longer than `OLD` ago."""
    recalled: tuple[Founded, ...]
    """Rests on memory alone."""
    weak: tuple[Founded, ...]
    """Rests on what others say about the source, and on nothing better."""
    single: tuple[Founded, ...]
    """Rests on one source."""
    undated: tuple[Founded, ...]
    """Holds without a start, as its sources were read: none of them states since when."""


def founded(rulebook: Rulebook, statements: Statements, at: datetime) -> tuple[Founded, ...]:
    """Return everything that holds at `at` and has sources: statements, parameters, groups."""
    return (*_statements(statements, at), *_parameters(rulebook, at), *_groups(rulebook, at))


def doubts(every: tuple[Founded, ...], at: datetime) -> Doubts:
    """Return what of `every` should be looked at, at `at`."""
    reviewed = sorted((one for one in every if one.review_by is not None), key=lambda one: str(one.review_by))
    return Doubts(
        overdue=tuple(one for one in reviewed if one.review_by is not None and one.review_by <= at),
        soon=tuple(one for one in reviewed if one.review_by is not None and at < one.review_by <= at + SOON),
        unread=tuple(one for one in every if any(source.reviewed_on < (at - OLD).date() for source in one.authority)),
        recalled=tuple(one for one in every if _all_of(one, frozenset({Standing.RECALLED}))),
        weak=tuple(
            one for one in every if _all_of(one, _WEAK) and any(s.standing is Standing.SECONDARY for s in one.sources)
        ),
        single=tuple(one for one in every if len(one.sources) == 1),
        undated=tuple(one for one in every if one.start is None),
    )


def _all_of(one: Founded, standings: frozenset[Standing]) -> bool:
    return bool(one.sources) and all(source.standing in standings for source in one.sources)


def _statements(statements: Statements, at: datetime) -> Iterator[Founded]:
    for id_, statement in statements.by_id.items():
        version = statement.at(at)
        if version is not None:
            address, start = addresses.statement(id_), version.effective.start
            yield Founded(id_, version.says, address, version.authority, version.review_by, start)


def _parameters(rulebook: Rulebook, at: datetime) -> Iterator[Founded]:
    for value in rulebook.parameters:
        if at in value.effective:
            name = value.name if value.jurisdiction is None else f"{value.jurisdiction}/{value.name}"
            address, start = addresses.term("parameter", name), value.effective.start
            yield Founded(name, value.means, address, value.authority, value.review_by, start)


def _groups(rulebook: Rulebook, at: datetime) -> Iterator[Founded]:
    for code, page in rulebook.jurisdictions.items():
        if page.is_group:
            says = page.notes[0] if page.notes else page.name
            lists = [each.start for each in rulebook.places.groups[code].memberships]
            start = None if None in lists else min((each for each in lists if each), default=None)
            yield Founded(code, says, addresses.group(code), page.authority, rulebook.group_review(code, at), start)
