"""Turn a rulebook into its statements: the rules and positions that officers wrote, each with its dated versions.

A position means several rules; they are one statement here, as they are in its file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.engine.ruleset import NO_POSITION
from compliance.language.rulebook import HomeScope
from compliance.pages.addresses import statement_of
from compliance.vocabulary.period import ALWAYS, Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from compliance.language.expression import Expression
    from compliance.language.rulebook import Position, Rule, Rulebook
    from compliance.language.span import Span
    from compliance.vocabulary.authority import Authority


@dataclass(frozen=True, slots=True)
class Version:
    """What a statement says in one period."""

    says: str
    does: str
    """The effect of a rule, or the access of a position."""
    effective: Period
    authority: tuple[Authority, ...]
    span: Span | None
    home: HomeScope | None = None
    when: Expression | None = None
    needs: Expression | None = None
    remedy: str | None = None
    obligation: str | None = None
    review_by: datetime | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One rule or position, through time."""

    id: str
    is_position: bool
    versions: tuple[Version, ...]
    """Earliest first."""
    actions: tuple[str, ...]
    """In the vocabulary's order; for a position, all."""
    kinds: tuple[str, ...] = ()
    """Kinds of subject; empty: all."""
    product: str | None = None
    resource_type: str | None = None
    layer: str | None = None
    jurisdiction: str | None = None
    theme: str | None = None

    def at(self, instant: datetime) -> Version | None:
        """Return what is said at `instant`, or `None`."""
        return next((version for version in self.versions if instant in version.effective), None)

    def nearest(self, instant: datetime) -> Version:
        """Return what is said at `instant`, else what was said last before it, else what will be first."""
        begun = [one for one in self.versions if one.effective.start is None or one.effective.start <= instant]
        return self.at(instant) or (begun[-1] if begun else self.versions[0])


class Statements:
    """All statements of a rulebook, by id, in order."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Take a checked rulebook."""
        self.rulebook = rulebook
        self._order = rulebook.vocabulary.all_actions()
        self._from_position = {rule.id for rule in rulebook.rules if rule.from_position}
        found = [*self._rules(), *self._positions(), *self._uncovered()]
        self.by_id = {statement.id: statement for statement in sorted(found, key=lambda one: one.id)}

    def of_rule(self, rule: str) -> Statement:
        """Return the statement that a rule's id, as answers give it, comes from."""
        stale = rule.split("/", 1)[-1]
        return self.by_id[statement_of(rule, from_position=bool({rule, stale} & self._from_position))]

    def named(self, ground: str) -> Iterator[Statement]:
        """Yield the statements that a case names: by an id, or by the beginning of one up to a `/`."""
        for id_, statement in self.by_id.items():
            deeper = "/" in ground and id_.startswith(f"{ground}/")
            if ground == id_ or ground.startswith(f"{id_}/") or deeper:
                yield statement

    def _rules(self) -> Iterator[Statement]:
        grouped: dict[str, list[Rule]] = {}
        for rule in self.rulebook.rules:
            if not rule.from_position:
                grouped.setdefault(rule.id, []).append(rule)
        for id_, rules in grouped.items():
            last = rules[-1]
            yield Statement(
                id=id_,
                is_position=False,
                versions=_in_order(
                    Version(
                        rule.says,
                        rule.effect.value,
                        rule.effective or ALWAYS,
                        rule.authority,
                        rule.span,
                        rule.home,
                        rule.when,
                        rule.needs,
                        rule.remedy,
                        rule.obligation,
                        rule.review_by,
                        rule.notes,
                    )
                    for rule in rules
                ),
                actions=tuple(name for name in self._order if any(name in rule.actions for rule in rules)),
                kinds=tuple(name for name in self.rulebook.vocabulary.kinds if last.kinds and name in last.kinds),
                product=last.product,
                resource_type=last.resource_type,
                layer=last.layer,
                jurisdiction=last.jurisdiction,
                theme=last.theme,
            )

    def _positions(self) -> Iterator[Statement]:
        ids = {(rule.span, rule.product): rule.id.rsplit("/", 1)[0] for rule in self.rulebook.rules}
        notes = {(rule.span, rule.product): rule.notes for rule in self.rulebook.rules}
        grouped: dict[str, list[Position]] = {}
        for position in self.rulebook.positions:
            grouped.setdefault(ids[position.span, position.product], []).append(position)
        for id_, positions in grouped.items():
            yield Statement(
                id=id_,
                is_position=True,
                versions=_in_order(
                    Version(
                        each.says,
                        each.access,
                        each.effective,
                        each.authority,
                        each.span,
                        HomeScope(each.jurisdiction, each.excepting),
                        each.when,
                        review_by=each.review_by,
                        notes=notes.get((each.span, each.product), ()),
                    )
                    for each in positions
                ),
                actions=self._order,
                product=positions[-1].product,
                layer=positions[-1].layer,
                jurisdiction=positions[-1].jurisdiction,
            )

    def _uncovered(self) -> Iterator[Statement]:
        stated = self.rulebook.vocabulary.uncovered
        if stated is not None:
            version = Version(stated.says, stated.access, ALWAYS, stated.authority, None)
            yield Statement(NO_POSITION, is_position=True, versions=(version,), actions=self._order)


def _in_order(versions: Iterable[Version]) -> tuple[Version, ...]:
    return tuple(sorted(versions, key=lambda one: (one.effective.start is not None, str(one.effective.start))))
