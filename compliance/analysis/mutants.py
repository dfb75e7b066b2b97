"""A rulebook with one edge moved, and how to move one.

Invariant: a mutant differs from its rulebook in one written thing: a comparison, a number, or a date.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from compliance.engine.operations import EXACT
from compliance.vocabulary.period import ALWAYS, Period
from compliance.vocabulary.values import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance.language.expression import Expression
    from compliance.language.named import Name
    from compliance.language.rulebook import Rulebook
    from compliance.language.span import Span
    from compliance.vocabulary.values import Value

CENT: Final = Decimal("0.01")
SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)


class Kind(StrEnum):
    """What sort of edge was moved."""

    THRESHOLD = "threshold"
    """A comparison, a number in one, or a parameter that one reads."""
    READING = "reading"
    """What makes a computed fact true, or a given one too old to count."""
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rulebook with one edge moved."""

    kind: Kind
    of: str
    """What the edge belongs to, as people call it: "the rule `travel-rule-canada`"."""
    change: str
    """What was done to it: "`>=` becomes `>`"."""
    span: Span
    """Where the edge stands, or what it belongs to."""
    made: Callable[[], Rulebook]
    """Makes the rulebook."""
    lacks: str
    """What case would tell the two rulebooks apart: "a case on 2026-01-31 that depends on it holding already"."""
    rules: frozenset[str] = frozenset()
    """Ids of the rules that were changed themselves."""
    definitions: frozenset[Name] = frozenset()
    parameters: frozenset[Name] = frozenset()
    group: str | None = None
    """The group that has other members."""
    facts: frozenset[str] = frozenset()
    """The facts that come out otherwise, and those that they are made of, where that is what was changed."""
    window: Period = ALWAYS
    """When the two rulebooks differ."""
    files: frozenset[str] = frozenset()
    """Where cases that tell the two apart are looked for first."""

    @property
    def name(self) -> str:
        """Return what tells the mutant from all others, whatever the line that it stands on."""
        return f"{self.of}: {self.change}"


def neighbours(value: object) -> Iterator[Value]:
    """Yield the values a smallest step below and above `value`; nothing for what has no steps.

    An amount's step is that of its last written digit, a share's at most 0.01, a length of time's a second, a day's a
    day.
    """
    match value:
        case bool():
            return
        case int():
            yield from (value - 1, value + 1)
        case Decimal():
            step = min(CENT, _digit(value))
            yield from (EXACT.subtract(value, step), EXACT.add(value, step))
        case Money(amount, currency):
            step = _digit(amount)
            yield from (Money(EXACT.subtract(amount, step), currency), Money(EXACT.add(amount, step), currency))
        case timedelta() | datetime():
            yield from (value - SECOND, value + SECOND)
        case date():
            yield from (value - DAY, value + DAY)
        case _:
            return


def _digit(number: Decimal) -> Decimal:
    """Return one unit of the last digit that `number` is written with."""
    exponent = number.as_tuple().exponent
    return Decimal(1).scaleb(min(int(exponent), 0))


def shown(value: object) -> str:
    """Return a value as a rule file would write it, as far as that is short."""
    match value:
        case timedelta():
            seconds = int(value.total_seconds())
            units = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
            size, unit = next((each for each in units if seconds % each[0] == 0), (1, "s"))
            return f"{seconds // size}{unit}"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return str(value)


def of_place(jurisdiction: str | None) -> str:
    """Return how the name of a jurisdiction's own statement goes on."""
    return "" if jurisdiction is None else f" of `{jurisdiction}`"


def exchanged(node: Expression, old: Expression, new: Expression) -> Expression:
    """Return `node` with the very part `old` (by identity) replaced; the same object if it has no such part."""
    if node is old:
        return new
    changes: dict[str, object] = {}
    for field in fields(node):
        before = getattr(node, field.name)
        after = _exchanged_in(before, old, new)
        if after is not before:
            changes[field.name] = after
    changed: Expression = replace(node, **changes) if changes else node  # type: ignore[arg-type]
    return changed


def _exchanged_in(part: object, old: Expression, new: Expression) -> object:
    if isinstance(part, tuple) and part and is_dataclass(part[0]):
        items = tuple(_exchanged_in(item, old, new) for item in part)
        return part if all(one is other for one, other in zip(items, part, strict=True)) else items
    module = type(part).__module__
    if is_dataclass(part) and module == "compliance.language.expression":
        return exchanged(cast("Expression", part), old, new)
    return part
