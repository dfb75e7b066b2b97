"""Answer the rows of a table, one column for each fact: each distinct value of a column is read once.

A table is what Apache Arrow calls one; nothing else of Arrow is needed, so nothing is imported. An empty cell is a fact
that was not given. Rows that are unusual are put together as bodies and read one by one.

Invariant: a row's answer is the one that its body gets on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.cells import EMPTY, Cells, cells
from compliance.engine.envelope import LONGEST_ID, near
from compliance.engine.facts import (
    ACTION_NAME,
    PRODUCT,
    RESOURCE_ID,
    RESOURCE_TYPE,
    SUBJECT_TYPE,
    TIME,
    facts_class,
    facts_paths,
)
from compliance.engine.request import Request
from compliance.engine.wire_types import sendable
from compliance.vocabulary.facts import HOMES, Zone, distinct_homes
from compliance.vocabulary.reading import Refused, read_value
from compliance.vocabulary.types import TerritoryType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compliance.engine.many import Answered, Answerer
    from compliance.engine.ruleset import Ruleset
    from compliance.vocabulary.facts import Fact

SUBJECT_ID: Final = "subject.id"
ENVELOPE: Final = (SUBJECT_TYPE, SUBJECT_ID, ACTION_NAME, RESOURCE_TYPE, RESOURCE_ID)
"""Columns that every table has (an id of the subject is optional); all others are facts."""
_REFUSED: Final = object()


@dataclass(frozen=True, slots=True)
class _Column:
    """One column, read."""

    cells: Cells
    values: Sequence[Any]
    """Row by row: `UNKNOWN` where the cell is empty, `_REFUSED` where the cell cannot be read."""
    refuses: bool

    def said(self, row: int) -> Any:
        """Return what a body would say, `None` for nothing."""
        place = self.cells.places[row]
        return None if place == EMPTY else self.cells.distinct[place]


class Rows:
    """The rows of one table for one ruleset."""

    def __init__(self, ruleset: Ruleset, answerer: Answerer, table: Any) -> None:
        """Take an Arrow table.

        Raises:
            ValueError: if a column is no fact of the vocabulary, or one that every request needs is missing.
        """
        self.ruleset = ruleset
        self.vocabulary = ruleset.vocabulary
        self.answerer = answerer
        self.count: int = table.num_rows
        names: list[str] = table.column_names
        self._check(names)
        self.columns = {name: self._column(name, table.column(name)) for name in names}
        taken = {fact.path: fact for zone in Zone for fact in sendable(self.vocabulary, zone)}
        identifying = {path for type_ in self.vocabulary.resource_types.values() for path in type_.identified_by}
        self.direct = {name: taken[name] for name in names if name in taken and name not in identifying}
        """Facts of columns that need nothing but to be read."""
        self.odd = [name for name in names if name not in self.direct and name not in ENVELOPE]

    def answers(self) -> list[Answered]:
        """Return the answers, row by row."""
        found: list[Answered | None] = [None] * self.count
        for key, rows in self._groups().items():
            slow = self._unusual(key, rows)
            usual = [row for row in rows if row not in slow] if slow else rows
            if usual:
                for row, answered in zip(usual, self._answered(key, usual), strict=True):
                    found[row] = answered
        return [each if each is not None else self.answerer.body(self._body(row)) for row, each in enumerate(found)]

    def _check(self, names: list[str]) -> None:
        known = [*ENVELOPE, *self.vocabulary.facts]
        for name in names:
            if name not in known:
                raise ValueError(f"the column `{name}` is no fact; {near(name, known)}")
        for name in ENVELOPE:
            if name not in names and name != SUBJECT_ID:
                raise ValueError(f"the column `{name}` is missing")
        if len(set(names)) < len(names):
            raise ValueError("a column stands twice")

    # ---- columns

    def _column(self, name: str, column: Any) -> _Column:
        fact = self.vocabulary.facts.get(name) if name not in ENVELOPE else None
        found = cells(column)
        read = [self._value(fact, value) for value in found.distinct]
        refuses = any(value is _REFUSED for value in read)
        # An empty cell has the place -1: the last one.
        read.append(self._value(fact, None))
        return _Column(found, [read[place] for place in found.places], refuses)

    def _value(self, fact: Fact | None, said: Any) -> Any:
        if fact is None:
            return said if said is None or isinstance(said, str) else _REFUSED
        if said is None:
            return UNKNOWN
        try:
            return read_value(fact.type, said, records=self.vocabulary.records, at_least=fact.at_least)
        except Refused:
            return _REFUSED

    # ---- rows

    def _groups(self) -> dict[tuple[Any, ...], list[int]]:
        """Return the rows of each action, kind of subject, type of resource and resource."""
        groups: dict[tuple[Any, ...], list[int]] = {}
        parts = [self.columns[name].values for name in (ACTION_NAME, SUBJECT_TYPE, RESOURCE_TYPE, RESOURCE_ID)]
        for row, key in enumerate(zip(*parts, strict=True)):
            groups.setdefault(key, []).append(row)
        return groups

    def _unusual(self, key: tuple[Any, ...], rows: list[int]) -> set[int]:
        """Return the rows of a group that have to be read as bodies."""
        action, kind, resource_type, resource_id = key
        around = self.answerer.around
        if around.fed or around.gate or self.answerer.wire.template(action, kind, resource_type, resource_id) is None:
            return set(rows)
        slow: set[int] = set()
        for name, column in self.columns.items():
            fact = self.direct.get(name)
            if name in self.odd or (fact is not None and fact.kinds is not None and kind not in fact.kinds):
                slow |= {row for row in rows if column.values[row] is not UNKNOWN}
            elif column.refuses and name not in ENVELOPE:
                slow |= {row for row in rows if column.values[row] is _REFUSED}
        if SUBJECT_ID in self.columns:
            people = self.ruleset.rulebook.catalogue.get(kind, {})
            ids = self.columns[SUBJECT_ID].values
            slow |= {row for row in rows if ids[row] is not None and (not _is_id(ids[row]) or ids[row] in people)}
        return slow

    def _answered(self, key: tuple[Any, ...], rows: list[int]) -> Iterable[Answered]:
        """Yield the answers to usual rows of one group."""
        action, kind, resource_type, resource_id = key
        template = self.answerer.wire.template(action, kind, resource_type, resource_id)
        if template is None:
            return
        time, product = self.answerer.around.time, template.product
        named = template.id if template.id is not None else resource_id
        whole = len(rows) == self.count
        given: dict[str, Sequence[Any]] = {}
        for path in self.direct:
            values = self.columns[path].values
            given[path] = values if whole else [values[row] for row in rows]
        homes = self._homes(kind, given, len(rows))
        fixed = {**self.answerer.wire.filled(template), SUBJECT_TYPE: kind, ACTION_NAME: action}
        fixed |= {RESOURCE_TYPE: resource_type, RESOURCE_ID: named, PRODUCT: product, TIME: time}
        sets: dict[tuple[Any, ...], frozenset[Any]] = {}
        given[HOMES] = [
            UNKNOWN if each and each[-1] is UNKNOWN else sets.get(each) or sets.setdefault(each, frozenset(each))
            for each in homes
        ]
        parts = [given.get(path) or repeat(fixed.get(path, UNKNOWN)) for path in facts_paths(self.vocabulary)]
        ids = self.columns[SUBJECT_ID].values if SUBJECT_ID in self.columns else [None] * self.count
        for row, facts, at in zip(rows, map(facts_class(self.vocabulary), *parts), homes, strict=True):
            yield self.answerer.request(
                Request(
                    action, kind, resource_type, named, product, time, facts, at, ids[row], assumed=template.assumed
                )
            )

    def _homes(self, kind: str, given: dict[str, Sequence[Any]], count: int) -> list[tuple[object, ...]]:
        declared = self.vocabulary.kinds[kind]
        columns = [given.get(path, repeat(UNKNOWN, count)) for path in declared.homes]
        if not columns:
            return [()] * count
        if len(columns) == 1 and isinstance(self.vocabulary.facts[declared.homes[0]].type, TerritoryType):
            return [(home,) for home in columns[0]]
        return [
            distinct_homes(declared, dict(zip(declared.homes, values, strict=True)))
            for values in zip(*columns, strict=True)
        ]

    def _body(self, row: int) -> dict[str, Any]:
        """Return a row as a client would send it."""
        said = {name: found for name, column in self.columns.items() if (found := column.said(row)) is not None}
        zones: dict[str, dict[str, Any]] = {zone: {} for zone in Zone}
        for name, value in said.items():
            if name not in ENVELOPE:
                zone, _, short = name.partition(".")
                zones[zone][short] = value
        return {
            "subject": _part(said, SUBJECT_TYPE, SUBJECT_ID) | {"properties": zones[Zone.SUBJECT]},
            "action": _part(said, ACTION_NAME) | {"properties": zones[Zone.ACTION]},
            "resource": _part(said, RESOURCE_TYPE, RESOURCE_ID) | {"properties": zones[Zone.RESOURCE]},
            "context": zones[Zone.CONTEXT],
        }


def _part(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name.partition(".")[2]: said[name] for name in names if name in said}


def _is_id(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST_ID and text.isprintable()
