"""Read a table, one column for each fact: each distinct value of a column is read once.

A table is what Apache Arrow calls one; nothing else of Arrow is needed, so nothing is imported. An empty cell is a fact
that was not given.

Invariant: the value of a cell is the one that the decoder reads from the row's body, or `REFUSED`.
"""

from __future__ import annotations

from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.cells import EMPTY, Cells, cells
from compliance.engine.computed import computed_value
from compliance.engine.envelope import LONGEST_ID, near
from compliance.engine.facts import ACTION_NAME, RESOURCE_ID, RESOURCE_TYPE, SUBJECT_TYPE
from compliance.engine.wire import TRIPPED
from compliance.engine.zones import zones_of
from compliance.vocabulary.facts import Zone
from compliance.vocabulary.ownership import OwnershipError
from compliance.vocabulary.reading import Refused, read_value
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from compliance.vocabulary.facts import Fact, Vocabulary

SUBJECT_ID: Final = "subject.id"
ENVELOPE: Final = (SUBJECT_TYPE, SUBJECT_ID, ACTION_NAME, RESOURCE_TYPE, RESOURCE_ID)
"""Columns that every table has (an id of the subject is optional); all others are facts."""
REFUSED: Final = object()
"""The value of a cell that cannot be read."""


class Column:
    """One column, read."""

    def __init__(self, cells_: Cells, read: list[Any], *, refuses: bool) -> None:
        """Take the cells, and their values by place; the last, at `EMPTY`, is that of an empty cell."""
        self.cells = cells_
        self.read = read
        self.refuses = refuses
        """Whether some value is `REFUSED`."""

    @cached_property
    def values(self) -> Sequence[Any]:
        """Return the values, row by row: `UNKNOWN` for an empty cell of a fact, `None` for one that is no fact."""
        places = self.cells.places
        if isinstance(places, range):
            values = self.read[: len(places)]
            for row in self.cells.empty:
                values[row] = self.read[EMPTY]
            return values
        if len(places) < 2:
            return [self.read[place] for place in places]
        found: Sequence[Any] = itemgetter(*places)(self.read)
        return found

    @property
    def given(self) -> Sequence[int]:
        """Return the rows whose cell is not empty."""
        return [row for row, place in enumerate(self.cells.marked()) if place != EMPTY]

    @property
    def refused(self) -> Sequence[int]:
        """Return the rows whose cell cannot be read."""
        return [row for row, value in enumerate(self.values) if value is REFUSED] if self.refuses else ()

    def said(self, row: int) -> Any:
        """Return what a body would say, `None` for nothing."""
        place = self.cells.places[row]
        return None if place == EMPTY or row in self.cells.empty else self.cells.distinct[place]


class Columns:
    """The columns of one table for one vocabulary."""

    def __init__(self, vocabulary: Vocabulary, table: Any) -> None:
        """Take an Arrow table.

        Raises:
            ValueError: if a column is no fact of the vocabulary, or one that every request needs is missing.
        """
        self.vocabulary = vocabulary
        self.count: int = table.num_rows
        names: list[str] = table.column_names
        self._check(names)
        self.columns = {name: self._column(name, table.column(name)) for name in names}
        direct = zones_of(vocabulary).direct
        self.facts = {name: self.columns[name] for name in names if name in direct}
        """Columns of facts that need nothing but to be read."""
        self.odd = [name for name in names if name not in self.facts and name not in ENVELOPE]
        """Columns of other facts: a row that gives one has to be read as a body."""
        self.computed = dict(self._computed())
        """Columns of facts that are computed from others: `REFUSED` where what they rest on contradicts itself."""

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

    def _column(self, name: str, column: Any) -> Column:
        fact = self.vocabulary.facts.get(name) if name not in ENVELOPE else None
        found, refuses = cells(column), False
        read = self._at_once(fact, found.distinct)
        if read is None:
            read = [self._value(fact, value) for value in found.distinct]
            refuses = any(value is REFUSED for value in read)
        return Column(found, [*read, self._value(fact, None)], refuses=refuses)

    def _at_once(self, fact: Fact | None, said: list[Any]) -> list[Any] | None:
        """Return values read all at once, or `None`: then one of them is left to its own reader."""
        try:
            if fact is not None:
                return zones_of(self.vocabulary).column(fact.path)(said)
            # Nothing but texts can be joined.
            "".join(said)
        except TRIPPED:
            return None
        return said

    def _value(self, fact: Fact | None, said: Any) -> Any:
        if fact is None:
            return said if said is None or isinstance(said, str) else REFUSED
        if said is None:
            return UNKNOWN
        try:
            return read_value(fact.type, said, records=self.vocabulary.records, at_least=fact.at_least)
        except Refused:
            return REFUSED

    def _computed(self) -> list[tuple[str, Column]]:
        found: list[tuple[str, Column]] = []
        for fact in self.vocabulary.facts.values():
            column = self.facts.get(fact.computed.over) if fact.computed is not None else None
            if fact.computed is None or column is None:
                # Without owners nothing is known of them.
                continue
            read: list[Any] = []
            for owners in column.read:
                try:
                    read.append(computed_value(fact.computed, {fact.computed.over: owners}))
                except (OwnershipError, TypeError):
                    read.append(REFUSED)
            refuses = any(value is REFUSED for value in read)
            found.append((fact.path, Column(column.cells, read, refuses=refuses)))
        return found

    # ---- rows

    def unusual(self) -> set[int]:
        """Return the rows that have to be read as bodies, whatever their kind and resource."""
        slow: set[int] = set()
        for name in self.odd:
            slow.update(self.columns[name].given)
        for column in self.facts.values():
            slow.update(column.refused)
        return slow | self._ids_refused()

    def _ids_refused(self) -> set[int]:
        column = self.columns.get(SUBJECT_ID)
        if column is None or _are_ids(column.read[:EMPTY]):
            return set()
        # An empty cell gives no id, which is none that is refused.
        return {row for row in column.given if not _are_ids([column.values[row]])}

    def unusual_of(self, kind: str, rows: Sequence[int], known: Collection[str]) -> set[int]:
        """Return which `rows`, of subjects of a kind, have to be read as bodies: `known` are subjects on file."""
        slow: set[int] = set()
        for path, column in self.facts.items():
            kinds = self.vocabulary.facts[path].kinds
            if kinds is not None and kind not in kinds:
                slow.update(row for row in rows if column.values[row] is not UNKNOWN)
        for path, column in self.computed.items():
            kinds = self.vocabulary.facts[path].kinds
            if column.refuses and (kinds is None or kind in kinds):
                slow.update(row for row in rows if column.values[row] is REFUSED)
        if SUBJECT_ID in self.columns and known:
            ids = self.columns[SUBJECT_ID].values
            slow.update(row for row in rows if ids[row] in known)
        return slow

    def body(self, row: int) -> dict[str, Any]:
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


def _are_ids(given: Sequence[Any]) -> bool:
    """Say whether all of them are ids that a request may give."""
    try:
        return "".join(given).isprintable() and all(map(len, given)) and max(map(len, given), default=0) <= LONGEST_ID
    except TypeError:
        return False
