"""Find every date from which or until which something holds, and move each by a day, earlier and later.

Two statements of one thing cannot hold at one time, so where one gives way to the other, what makes them overlap moves
both dates; and where a gap between them is a mistake too, the two are one edge.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from compliance.analysis.mutants import DAY, Kind, Mutant, of_place
from compliance.vocabulary.period import ALWAYS, Period
from compliance.vocabulary.places import Group, Membership, Places

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from compliance.language.rulebook import Position, Rule, Rulebook
    from compliance.language.span import Span

Item = TypeVar("Item")


def dates(rulebook: Rulebook) -> Iterator[Mutant]:
    """Yield `rulebook` with each date of an `effective:` a day earlier, and a day later."""
    yield from _rules(rulebook)
    yield from _positions(rulebook)
    yield from _definitions(rulebook)
    yield from _parameters(rulebook)
    yield from _groups(rulebook)


@dataclass(frozen=True, slots=True)
class _Edge:
    """One end of one period of a family, moved: `periods` are what the family's periods become."""

    index: int
    change: str
    lacks: str
    window: Period
    periods: tuple[Period, ...]


def _edges(
    periods: Sequence[Period], *, gapless: bool = False, clash: Callable[[int, int], bool] = lambda _, __: True
) -> Iterator[_Edge]:
    """Yield each end of each period, moved either way.

    Args:
        periods: when the statements of one thing hold.
        gapless: whether a time between two of them without any is a mistake.
        clash: whether two of them cannot hold at one time.
    """
    for index, period in enumerate(periods):
        for side, edge in (("from", period.start), ("until", period.end)):
            if edge is None:
                continue
            meets = [
                other for other, each in enumerate(periods) if edge == (each.end if side == "from" else each.start)
            ]
            if gapless and meets and side == "until":
                continue  # It is the edge that the next one starts with.
            for step in (-DAY, DAY):
                widens = (step < DAY * 0) is (side == "from")
                along = [other for other in meets if gapless or (widens and clash(index, other))]
                moved = [_moved(each, side, edge + step) if at == index else each for at, each in enumerate(periods)]
                for other in along:
                    moved[other] = _moved(periods[other], "until" if side == "from" else "from", edge + step)
                yield _Edge(index, *_said(side, edge, step), _between(edge, edge + step), tuple(moved))


def _moved(period: Period, side: str, edge: datetime) -> Period:
    return Period(edge, period.end) if side == "from" else Period(period.start, edge)


def _between(one: datetime, other: datetime) -> Period:
    return Period(min(one, other), max(one, other))


def _said(side: str, edge: datetime, step: timedelta) -> tuple[str, str]:
    """Return what is done to an edge, and which case would show it."""
    earlier = step < DAY * 0
    day = day_or_instant(edge + step if earlier else edge)
    state = {
        ("from", True): "not holding yet",
        ("from", False): "holding already",
        ("until", True): "holding still",
        ("until", False): "holding no more",
    }[side, earlier]
    change = f"{side} {day_or_instant(edge)}, a day {'earlier' if earlier else 'later'}"
    return change, f"a case within a day from {day} on that depends on it {state}"


def day_or_instant(moment: datetime) -> str:
    """Return an instant in UTC as a day where one begins then, for instance `2026-01-31`."""
    if moment.time().isoformat() == "00:00:00":
        return str(moment.date())
    return moment.isoformat().replace("+00:00", "Z")


def _mutant(
    edge: _Edge, of: str, span: Span, made: Callable[[], Rulebook], **touched: frozenset[Any] | str | None
) -> Mutant:
    """Return the mutant in which `edge` is moved; `touched` are `Mutant`'s fields for what it changes."""
    return Mutant(
        kind=Kind.DATE,
        of=of,
        change=edge.change,
        span=span,
        made=made,
        lacks=edge.lacks,
        window=edge.window,
        files=frozenset({span.path}),
        **touched,  # type: ignore[arg-type]
    )


def _families(statements: Iterable[Item], key: Callable[[Item], Hashable]) -> Iterator[list[Item]]:
    """Yield the statements that say one thing at different times, together."""
    found: dict[Hashable, list[Item]] = defaultdict(list)
    for each in statements:
        found[key(each)].append(each)
    yield from found.values()


def _redated(statements: Iterable[Any], periods: Mapping[int, Period]) -> tuple[Any, ...]:
    """Return `statements`, those whose identity `periods` has with their period there."""
    return tuple(replace(each, effective=periods[id(each)]) if id(each) in periods else each for each in statements)


def _by_identity(family: Sequence[object], edge: _Edge) -> dict[int, Period]:
    return {id(one): period for one, period in zip(family, edge.periods, strict=True)}


def _rules(rulebook: Rulebook) -> Iterator[Mutant]:
    stated = [rule for rule in rulebook.rules if not rule.from_position]
    for family in _families(stated, lambda rule: rule.id):
        for edge in _edges([rule.effective or ALWAYS for rule in family]):
            rule, periods = family[edge.index], _by_identity(family, edge)
            made = partial(_with, rulebook, periods, "rules")
            yield _mutant(edge, f"the rule `{rule.id}`", rule.span, made, rules=frozenset({rule.id}))


def _with(rulebook: Rulebook, periods: Mapping[int, Period], *parts: str) -> Rulebook:
    """Return the rulebook with other periods for some statements of these parts."""
    changes: dict[str, Any] = {part: _redated(getattr(rulebook, part), periods) for part in parts}
    return replace(rulebook, **changes)


def _positions(rulebook: Rulebook) -> Iterator[Mutant]:
    """Yield the mutants of positions; one that is about several products has one date for all of them."""
    stands: dict[Span, list[Position | Rule]] = defaultdict(list)
    for position in rulebook.positions:
        stands[position.span].append(position)
    ids: dict[Span, list[str]] = defaultdict(list)
    for rule in rulebook.rules:
        if rule.from_position:
            stands[rule.span].append(rule)
            ids[rule.span].append(rule.id)
    for family in _families(stands, lambda span: ids[span][0].rsplit("/", 1)[0]):
        for edge in _edges([stands[span][0].effective or ALWAYS for span in family]):
            span = family[edge.index]
            moved = zip(family, edge.periods, strict=True)
            periods = {id(one): period for each, period in moved for one in stands[each]}
            made = partial(_with, rulebook, periods, "positions", "rules")
            changed = frozenset(id_ for each in family for id_ in ids[each])
            starts = sorted({f"`{id_.rsplit('/', 1)[0]}`" for id_ in ids[span]})
            yield _mutant(edge, f"the position {' and '.join(starts)}", span, made, rules=changed)


def _definitions(rulebook: Rulebook) -> Iterator[Mutant]:
    for family in _families(rulebook.definitions, lambda each: (each.name, each.jurisdiction, each.kinds)):
        for edge in _edges([each.effective or ALWAYS for each in family], gapless=True):
            one = family[edge.index]
            made = partial(_with, rulebook, _by_identity(family, edge), "definitions")
            of = f"the definition `{one.name}`" + of_place(one.jurisdiction)
            yield _mutant(edge, of, one.span, made, definitions=frozenset({(one.name, one.jurisdiction)}))


def _parameters(rulebook: Rulebook) -> Iterator[Mutant]:
    for family in _families(rulebook.parameters, lambda each: (each.name, each.jurisdiction)):
        for edge in _edges([each.effective for each in family], gapless=True):
            one = family[edge.index]
            made = partial(_with, rulebook, _by_identity(family, edge), "parameters")
            of = f"the parameter `{one.name}`" + of_place(one.jurisdiction)
            yield _mutant(edge, of, one.span, made, parameters=frozenset({(one.name, one.jurisdiction)}))


def _groups(rulebook: Rulebook) -> Iterator[Mutant]:
    for name, group in sorted(rulebook.places.groups.items()):

        def clash(one: int, other: int, lists: Sequence[Membership] = group.memberships) -> bool:
            return bool(lists[one].codes & lists[other].codes)

        for edge in _edges([Period(each.start, each.end) for each in group.memberships], clash=clash):
            numbered = "" if len(group.memberships) == 1 else f", list {edge.index + 1}"
            made = partial(_with_lists, rulebook, group, edge.periods)
            yield _mutant(edge, f"the group `{name}`{numbered}", rulebook.jurisdictions[name].span, made, group=name)


def _with_lists(rulebook: Rulebook, group: Group, periods: Iterable[Period]) -> Rulebook:
    lists = zip(group.memberships, periods, strict=True)
    changed = Group(group.name, tuple(Membership(each.codes, period.start, period.end) for each, period in lists))
    places = Places(rulebook.places.parents, {**rulebook.places.groups, group.name: changed})
    return replace(rulebook, places=places)
