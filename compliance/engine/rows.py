"""Answer the rows of a table: those of one slice together, from columns, without an object for any of them.

Rows that are unusual are put together as bodies and read one by one, and so are those that compiled rules leave to the
evaluator.

Invariant: a row's answer is the one that its body gets on its own.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from compliance.engine.columns import Columns
from compliance.engine.facts import ACTION_NAME, PRODUCT, RESOURCE_ID, RESOURCE_TYPE, SUBJECT_TYPE, TIME, attribute
from compliance.vocabulary.facts import HOMES, distinct_homes
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compliance.engine.answered import Answered
    from compliance.engine.compiler import Compiler
    from compliance.engine.many import Answerer
    from compliance.engine.slices import Group
    from compliance.engine.templates import Template

    _Slices = dict[tuple[object, ...], tuple[tuple[object, ...], list[int]]]
    """By homes as `Request.slice` has them: the homes, and the rows that have them."""


class _Group(NamedTuple):
    """Usual rows of one action, kind of subject and resource."""

    action: str
    kind: str
    resource_type: str
    template: Template
    rows: list[int]


class Rows:
    """The rows of one table for one ruleset."""

    def __init__(self, compiler: Compiler, answerer: Answerer, table: Any) -> None:
        """Take an Arrow table.

        Raises:
            ValueError: if a column is no fact of the vocabulary, or one that every request needs is missing.
        """
        self.compiler = compiler
        self.vocabulary = compiler.ruleset.vocabulary
        self.answerer = answerer
        self.columns = Columns(self.vocabulary, table)
        self.groups = list(self._groups())

    def answers(self) -> list[Answered]:
        """Return the answers, row by row."""
        count = self.columns.count
        found: list[Any] = [None] * count
        left = self.unusual()
        given = _Given(self.columns, self.groups)
        given[attribute(TIME)] = self.answerer.around.time
        for group, slices in self._slices().items():
            given[_ACTION], given[_KIND], given[_PRODUCT], given[_TYPE] = group
            for known, (homes, rows) in slices.items():
                loop = self.compiler.loop((*group, known))
                given[_HOMES] = frozenset(homes) if known is homes else UNKNOWN
                left.update(rows if loop is None else loop.run(rows, found, given))
        for row, answered in zip(left, self.answerer.bodies(map(self.columns.body, left)), strict=True):
            found[row] = answered
        return found

    def unusual(self) -> set[int]:
        """Return the rows that are put together as bodies and read one by one."""
        if sum(len(group.rows) for group in self.groups) == self.columns.count:
            return set()
        return set(range(self.columns.count)).difference(*(group.rows for group in self.groups))

    def _groups(self) -> Iterator[_Group]:
        """Yield the usual rows."""
        around = self.answerer.around
        if around.fed or around.gate:
            return
        columns = self.columns.columns
        parts = [columns[name].values for name in (ACTION_NAME, SUBJECT_TYPE, RESOURCE_TYPE, RESOURCE_ID)]
        rows_of: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
        for row, key in enumerate(zip(*parts, strict=True)):
            rows_of[key].append(row)
        slow = self._slow(rows_of)
        for (action, kind, resource_type, resource_id), rows in rows_of.items():
            template = self.answerer.wire.template(action, kind, resource_type, resource_id)
            if template is not None and not self._rests_on(kind, template):
                usual = [row for row in rows if row not in slow] if slow else rows
                yield _Group(action, kind, resource_type, template, usual)

    def _slow(self, rows_of: dict[tuple[Any, ...], list[int]]) -> set[int]:
        """Return the rows that have to be read as bodies, whatever their resource."""
        of_kind: defaultdict[Any, list[int]] = defaultdict(list)
        for (_, kind, _, _), rows in rows_of.items():
            of_kind[kind] += rows
        catalogue = self.compiler.ruleset.rulebook.catalogue
        slow = self.columns.unusual()
        for kind, rows in of_kind.items():
            if kind in self.vocabulary.kinds:
                slow |= self.columns.unusual_of(kind, rows, catalogue.get(kind, {}))
        return slow

    def _rests_on(self, kind: str, template: Template) -> bool:
        """Say whether homes, or facts that are computed, of subjects of a kind rest on what the house knows."""
        computed = (fact.computed for fact in self.vocabulary.facts_of(kind))
        paths = {*self.vocabulary.kinds[kind].homes, *(found.over for found in computed if found is not None)}
        return any(template.known.get(path, UNKNOWN) is not UNKNOWN for path in paths)

    def _slices(self) -> dict[Group, _Slices]:
        """Return the rows of each group's slices."""
        found: defaultdict[Group, _Slices] = defaultdict(dict)
        homes_of = {kind: _Homes(self.columns, kind) for kind in {group.kind for group in self.groups}}
        for action, kind, resource_type, template, usual in self.groups:
            slices = found[action, kind, template.product, resource_type]
            for homes, rows in homes_of[kind].split(usual):
                known = homes if not homes or homes[-1] is not UNKNOWN else (*homes[:-1], None)
                if known in slices:
                    slices[known][1].extend(rows)
                else:
                    slices[known] = homes, rows
        return found


_ACTION, _KIND, _PRODUCT, _TYPE = map(attribute, (ACTION_NAME, SUBJECT_TYPE, PRODUCT, RESOURCE_TYPE))
_HOMES = attribute(HOMES)


class _Homes:
    """Where the subjects of one kind are at home, row by row."""

    def __init__(self, columns: Columns, kind: str) -> None:
        """Take the columns."""
        self._kind = columns.vocabulary.kinds[kind]
        found = {path: columns.facts.get(path) or columns.computed.get(path) for path in self._kind.homes}
        self._columns = {path: column for path, column in found.items() if column is not None}
        places = [column.cells.marked() for column in self._columns.values()]
        self._keys: Sequence[Any] = list(zip(*places, strict=True)) if places else [()] * columns.count
        self._known: dict[Any, tuple[object, ...]] = {}

    def split(self, rows: list[int]) -> Iterator[tuple[tuple[object, ...], list[int]]]:
        """Yield homes, and which of `rows` have them; the same homes may come more than once."""
        found: defaultdict[Any, list[int]] = defaultdict(list)
        keys = self._keys
        for row in rows:
            found[keys[row]].append(row)
        for key, of in found.items():
            homes = self._known.get(key)
            if homes is None:
                read = zip(self._columns.items(), key, strict=True)
                given = {path: column.read[place] for (path, column), place in read}
                homes = self._known[key] = distinct_homes(self._kind, given)
            yield homes, of


class _Given(dict[str, Any]):
    """Columns by attribute of a fact, each made when it is first asked for."""

    def __init__(self, columns: Columns, groups: list[_Group]) -> None:
        """Take the columns, and the groups of rows: what is known of their resources stands where a row is empty."""
        super().__init__()
        self._columns = columns
        self._groups = groups
        self._nothing = [UNKNOWN] * columns.count

    def __missing__(self, name: str) -> Sequence[Any]:
        """Return the column of an attribute, and keep it."""
        path = name.replace("_", ".", 1)
        made = self[name] = self._ids() if path == RESOURCE_ID else self._made(path)
        return made

    def _ids(self) -> Sequence[Any]:
        """Return the ids of resources, as the catalogue writes them."""
        ids = list(self._columns.columns[RESOURCE_ID].values)
        for group in self._groups:
            if group.template.id is not None:
                for row in group.rows:
                    ids[row] = group.template.id
        return ids

    def _made(self, path: str) -> Sequence[Any]:
        columns = self._columns
        column = columns.facts.get(path) or columns.computed.get(path)
        values: Sequence[Any] = column.values if column is not None else self._nothing
        kinds = columns.vocabulary.facts[path].kinds if path in columns.computed else None
        patched: list[Any] | None = None
        for group in self._groups:
            known = group.template.known.get(path, UNKNOWN)
            others = kinds is not None and group.kind not in kinds
            if known is not UNKNOWN or others:
                patched = list(values) if patched is None else patched
                for row in group.rows:
                    if others or patched[row] is UNKNOWN:
                        patched[row] = known
        return values if patched is None else patched
