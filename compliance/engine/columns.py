"""Answer the rows of a table, one column for each fact: each distinct value of a column is read once.

A table is what Apache Arrow calls one; nothing else of Arrow is needed, so nothing is imported. An empty cell is a fact
that was not given. Rows that are unusual are put together as bodies and read one by one.

Invariant: a row's answer is the one that its body gets on its own.
"""

from __future__ import annotations

from functools import cached_property
from itertools import islice, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from compliance.engine.cells import EMPTY, Cells, cells
from compliance.engine.compiler import TRIPPED as UNSETTLED
from compliance.engine.computed import computed_value
from compliance.engine.envelope import LONGEST_ID, near
from compliance.engine.facts import ACTION_NAME, RESOURCE_ID, RESOURCE_TYPE, SUBJECT_TYPE, Facts, Fixed
from compliance.engine.request import Request
from compliance.engine.wire import TRIPPED
from compliance.engine.wire_types import sendable
from compliance.engine.zones import zones_of
from compliance.vocabulary.facts import Zone, distinct_homes
from compliance.vocabulary.ownership import OwnershipError
from compliance.vocabulary.reading import Refused, read_value
from compliance.vocabulary.types import TerritoryType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from compliance.engine.answered import Answered
    from compliance.engine.many import Answerer
    from compliance.engine.ruleset import Ruleset
    from compliance.engine.templates import Placed, Template
    from compliance.vocabulary.facts import Fact

    _Pick = Callable[[list[int]], Iterable[int]]

SUBJECT_ID: Final = "subject.id"
ENVELOPE: Final = (SUBJECT_TYPE, SUBJECT_ID, ACTION_NAME, RESOURCE_TYPE, RESOURCE_ID)
"""Columns that every table has (an id of the subject is optional); all others are facts."""
_REFUSED: Final = object()


class _Column:
    """One column, read."""

    def __init__(self, cells: Cells, read: list[Any], places: list[int], *, refuses: bool) -> None:
        """Take the cells, their values by place, and the place of each row's value: -1, the last, if it is empty."""
        self.cells = cells
        self.read = read
        self.places = places
        self.refuses = refuses
        """Whether some cell cannot be read: its value is `_REFUSED`. An empty one is `UNKNOWN`."""

    @cached_property
    def values(self) -> list[Any]:
        """Return the values, row by row."""
        return [self.read[place] for place in self.places]

    def of(self, pick: _Pick) -> Iterator[Any]:
        """Return the values of the rows that are picked."""
        return map(self.read.__getitem__, pick(self.places))

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

    def unusual(self) -> set[int]:
        """Return the rows that are put together as bodies and read one by one."""
        return {row for key, rows in self._groups().items() for row in self._unusual(key, rows)}

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
        read, places = self._at_once(fact, found.distinct), list(found.places)
        refuses = False
        if read is None:
            read = [self._value(fact, value) for value in found.distinct]
            refuses = any(value is _REFUSED for value in read)
        return _Column(found, [*read, self._value(fact, None)], places, refuses=refuses)

    def _at_once(self, fact: Fact | None, said: list[Any]) -> list[Any] | None:
        """Return values read all at once, or `None`: then one of them is left to its own reader."""
        if fact is None:
            return None
        try:
            return zones_of(self.vocabulary).column(fact.path)(said)
        except TRIPPED:
            return None

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
        template = self.answerer.wire.template(action, kind, resource_type, resource_id)
        if around.fed or around.gate or template is None or self._computes_from(kind, template.known):
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
            slow |= {row for row in rows if (id_ := ids[row]) is not None and (not _is_id(id_) or id_ in people)}
        for column in self._computed(kind).values():
            slow |= {row for row in rows if column.refuses and column.values[row] is _REFUSED}
        return slow

    def _answered(self, key: tuple[Any, ...], rows: list[int]) -> Iterable[Answered]:
        """Yield the answers to usual rows of one group."""
        action, kind, resource_type, resource_id = key
        template = self.answerer.wire.template(action, kind, resource_type, resource_id)
        if template is None:
            return
        time, named = self.answerer.around.time, template.id if template.id is not None else resource_id
        pick = _picking(rows, self.count)
        given = {path: self.columns[path] for path in self.direct} | self._computed(kind)
        ids = self.columns[SUBJECT_ID].values if SUBJECT_ID in self.columns else [None] * self.count
        zones = zip(*(self._zone(zone, kind, template, given, pick) for zone in Zone), strict=False)
        placed = self._placed(key, template, given, pick, len(rows))
        made: Any = Facts
        functions, of, read = self.answerer.functions, self.answerer.answers.of, self.answerer.request
        for row, of_zones, (homes, fixed, slice_) in zip(rows, zones, placed, strict=False):
            facts = made(*of_zones, fixed, named, time)
            function = functions.get(slice_)
            if function is not None:
                try:
                    yield of(function(facts))
                    continue
                except UNSETTLED:
                    pass
            parts = (action, kind, resource_type, named, template.product, time, facts, homes, ids[row])
            yield read(Request(*parts, assumed=template.assumed))

    def _zone(
        self, zone: Zone, kind: str, template: Template, given: Mapping[str, _Column], pick: _Pick
    ) -> Iterable[Any]:
        """Return what a zone says, row by row."""
        zones = zones_of(self.vocabulary)
        made = zones.subject(kind) if zone is Zone.SUBJECT else zones.classes[zone]
        paths = list(zones.paths(zone, kind if zone is Zone.SUBJECT else None))
        if given.keys().isdisjoint(paths):
            return repeat(made() if zone is Zone.SUBJECT else getattr(template, zone))
        known = {path: template.known.get(path, UNKNOWN) for path in paths}
        while paths[-1] not in given and known[paths[-1]] is UNKNOWN:
            # Nobody says the last ones.
            del paths[-1]
        return map(made, *(_parts(given.get(path), known[path], pick) for path in paths))

    def _placed(
        self, key: tuple[Any, ...], template: Template, given: Mapping[str, _Column], pick: _Pick, count: int
    ) -> Iterator[Placed]:
        """Yield what the homes of each row make of it."""
        action, kind, resource_type, _ = key
        declared, places = self.vocabulary.kinds[kind], template.places[kind]
        columns = [_parts(given.get(path), UNKNOWN, pick) for path in declared.homes]
        single = len(columns) == 1 and isinstance(self.vocabulary.facts[declared.homes[0]].type, TerritoryType)
        if single and not self.vocabulary.facts[declared.homes[0]].optional:
            for home in columns[0]:
                yield places[home] if isinstance(home, str) else places.nowhere
            return
        for values in islice(zip(*columns, strict=False) if columns else repeat(()), count):
            homes = distinct_homes(declared, dict(zip(declared.homes, values, strict=True)))
            codes = UNKNOWN if homes and homes[-1] is UNKNOWN else frozenset(homes)
            yield homes, Fixed(kind, codes, action, resource_type, template.product), ()

    def _computes_from(self, kind: str, known: Mapping[str, Any]) -> bool:
        """Say whether a kind has facts that are computed from what the house knows."""
        computed = (fact.computed for fact in self.vocabulary.facts_of(kind))
        return any(found is not None and found.over in known for found in computed)

    def _computed(self, kind: str) -> dict[str, _Column]:
        """Return a kind's computed facts as columns: `_REFUSED` where what they rest on contradicts itself."""
        found: dict[str, _Column] = {}
        for fact in self.vocabulary.facts_of(kind):
            column = self.columns.get(fact.computed.over) if fact.computed is not None else None
            if fact.computed is None or column is None or fact.computed.over not in self.direct:
                # Without owners nothing is known of them.
                continue
            read: list[Any] = []
            for owners in column.read:
                try:
                    read.append(computed_value(fact.computed, {fact.computed.over: owners}))
                except (OwnershipError, TypeError):
                    read.append(_REFUSED)
            refuses = any(value is _REFUSED for value in read)
            found[fact.path] = _Column(column.cells, read, column.places, refuses=refuses)
        return found

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


def _picking(rows: list[int], count: int) -> _Pick:
    """Return what picks `rows`, in order, out of something that has `count` of them."""
    if len(rows) == count:
        return iter
    return itemgetter(*rows) if len(rows) > 1 else itemgetter(slice(rows[0], rows[0] + 1))


def _parts(column: _Column | None, known: Any, pick: _Pick) -> Iterable[Any]:
    """Return the values of a fact, row by row: what is known of it in any case, where the row does not say."""
    if column is None:
        return repeat(known)
    if known is UNKNOWN:
        return column.of(pick)
    return [known if value is UNKNOWN else value for value in column.of(pick)]


def _part(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name.partition(".")[2]: said[name] for name in names if name in said}


def _is_id(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST_ID and text.isprintable()
