"""Say of every statement by whose word it begins: on a day that its source states, with the offer, or on none.

Many sources say what holds and not since when. No start is made up for them: what they say holds without one, as it was
read on the day that the source carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from compliance.language.rulebook import Rulebook
from compliance.language.span import Span
from compliance.vocabulary.authority import Authority


class Start(StrEnum):
    """By whose word a statement begins."""

    STATED = "on a day of its own"
    """A source, or a decision of the house, states the day."""
    OFFER = "with the first position"
    """On the first day on which the rulebook takes a position at all: before it nothing was offered."""
    NONE = "as read, without a start"
    """No source states one: it holds as it was read."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A rule, a position, a value of a parameter or a list of a group's members, and by whose word it begins."""

    what: str
    start: Start
    span: Span
    authority: tuple[Authority, ...]

    @property
    def read_on(self) -> date | None:
        """Return the last day on which one of its sources was read."""
        return last_read(self.authority)


def last_read(authority: Iterable[Authority]) -> date | None:
    """Return the last day on which one of these sources was read; `None` if there is none."""
    return max((each.reviewed_on for each in authority), default=None)


def starts(rulebook: Rulebook) -> tuple[Begun, ...]:
    """Return every statement that has a source of its own, each written one once, in order of place."""
    first = min((each.effective.start for each in rulebook.positions if each.effective.start), default=None)
    found = (
        Begun(what, _start(begins, first), span, authority) for what, begins, span, authority in _statements(rulebook)
    )
    return tuple(sorted(found, key=lambda each: (each.span, each.what)))


def _start(begins: datetime | None, first: datetime | None) -> Start:
    if begins is None:
        return Start.NONE
    return Start.OFFER if begins == first else Start.STATED


_Statement = tuple[str, datetime | None, Span, tuple[Authority, ...]]


def _statements(rulebook: Rulebook) -> Iterator[_Statement]:
    for rule in rulebook.rules:
        if not rule.from_position:
            yield f"the rule `{rule.id}`", rule.effective.start if rule.effective else None, rule.span, rule.authority
    for position in {each.span: each for each in reversed(rulebook.positions)}.values():
        name = f"{position.jurisdiction}/{position.layer}-{position.product}"
        yield f"the position `{name}`", position.effective.start, position.span, position.authority
    for value in rulebook.parameters:
        place = "" if value.jurisdiction is None else f" of `{value.jurisdiction}`"
        yield f"the parameter `{value.name}`{place}", value.effective.start, value.span, value.authority
    for group in rulebook.places.groups.values():
        page = rulebook.jurisdictions[group.name]
        for number, membership in enumerate(group.memberships, 1):
            numbered = "" if len(group.memberships) == 1 else f", list {number}"
            yield f"the group `{group.name}`{numbered}", membership.start, page.span, page.authority
