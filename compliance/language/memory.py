"""Refuse what opens by way of something that nobody has read anywhere: recalled may close or refer, never open.

A permit from memory alone is refused where it is read. Here are the permits that rest on a definition, a parameter or a
group from memory alone, directly or through others. One is let pass where a person decides on everything that it
permits: a referral without a condition stands beside it.

Reference: DESIGN 4.2, Authority.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.language.authorities import from_memory
from compliance.language.diagnostic import Diagnostic, Note
from compliance.language.expression import Expression
from compliance.language.fields import Found
from compliance.language.named import Name, NameIndex
from compliance.language.rulebook import Definition, Effect, HomeScope, ParameterValue, Rule
from compliance.language.span import Span
from compliance.vocabulary.period import ALWAYS, Period
from compliance.vocabulary.places import Group

_CURE = (
    "cite a source that was read, or let a person decide on whatever it permits: a `refer` without a condition for the "
    "same actions, as the access `review` has"
)


@dataclass(frozen=True, slots=True)
class Remembered:
    """A statement from memory alone: what it is called, when it holds, where it stands."""

    what: str
    period: Period
    span: Span


def check_memory(
    rules: Sequence[Rule],
    definitions: Iterable[Definition],
    parameters: Iterable[ParameterValue],
    groups: Mapping[str, Group],
    memberships: Mapping[str, Sequence[Remembered]],
    found: Found,
) -> None:
    """Complain, once each, about what is from memory alone and permits; `memberships` are such lists, by group."""
    resting = _Resting(tuple(definitions), tuple(parameters), groups, memberships)
    complained: set[Span] = set()
    for permit in rules:
        if permit.effect is not Effect.PERMIT or any(_decides_on(rule, permit) for rule in rules):
            continue
        for remembered in resting.of(permit):
            if remembered.span in complained:
                continue
            complained.add(remembered.span)
            message = f"{remembered.what} is from memory alone, and a permit rests on it"
            notes = (Note(permit.span, f"the permit `{permit.id}` rests on it"),)
            label = "nobody has read this anywhere"
            found.append(Diagnostic("recalled-opens", message, remembered.span, label, _CURE, notes=notes))


class _Resting:
    """What permits rest on."""

    def __init__(
        self,
        definitions: Sequence[Definition],
        parameters: Sequence[ParameterValue],
        groups: Mapping[str, Group],
        memberships: Mapping[str, Sequence[Remembered]],
    ) -> None:
        self.names = NameIndex()
        self.groups = groups
        self.memberships = memberships
        self.definitions: dict[Name, list[Definition]] = {}
        for definition in definitions:
            self.definitions.setdefault((definition.name, definition.jurisdiction), []).append(definition)
        self.parameters: dict[Name, list[Remembered]] = {}
        for value in parameters:
            if from_memory(value.authority):
                remembered = Remembered(f"the value of the parameter `{value.name}`", value.effective, value.span)
                self.parameters.setdefault((value.name, value.jurisdiction), []).append(remembered)

    def of(self, permit: Rule) -> Iterator[Remembered]:
        """Yield what of all that a permit rests on is from memory alone and holds at some time when the permit does."""
        period = permit.effective or ALWAYS
        places = set() if permit.home is None or permit.home.within is None else {permit.home.within}
        parameters: set[Name] = set()
        seen: set[Name] = set()
        waiting: list[Expression] = [] if permit.when is None else [permit.when]
        while waiting:
            named = self.names.of(waiting.pop())
            places |= named.places
            parameters |= named.parameters
            for name in sorted(named.definitions - seen, key=str):
                seen.add(name)
                for definition in self.definitions.get(name, ()):
                    if not _about(definition.kinds, permit.kinds):
                        continue
                    waiting.append(definition.body)
                    holds = definition.effective or ALWAYS
                    if from_memory(definition.authority) and holds.overlaps(period):
                        yield Remembered(f"the definition `{definition.name}`", holds, definition.span)
        remembered = [each for name in sorted(parameters, key=str) for each in self.parameters.get(name, ())]
        remembered += [each for group in sorted(self._within(places)) for each in self.memberships.get(group, ())]
        yield from (each for each in remembered if each.period.overlaps(period))

    def _within(self, places: set[str]) -> set[str]:
        """Return the groups among `places`, and those that belong to them at some time."""
        waiting, found = list(places), set[str]()
        while waiting:
            place = waiting.pop()
            if place in self.groups and place not in found:
                found.add(place)
                waiting += [code for span in self.groups[place].memberships for code in span.codes]
        return found


def _about(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Say whether some kind of subject is in both; `None` is all."""
    return one is None or other is None or bool(one & other)


def _decides_on(rule: Rule, permit: Rule) -> bool:
    """Say whether a rule refers everything that a permit permits."""
    if rule.effect is not Effect.REFER or rule.when is not None or not permit.actions <= rule.actions:
        return False
    kinds = rule.kinds is None or (permit.kinds is not None and permit.kinds <= rule.kinds)
    resource = rule.product in {None, permit.product} and rule.resource_type in {None, permit.resource_type}
    return kinds and resource and _covers(rule.home, permit.home) and _outlasts(rule.effective, permit.effective)


def _covers(scope: HomeScope | None, other: HomeScope | None) -> bool:
    if scope is None:
        return True
    return other is not None and scope.within == other.within and set(scope.excepting) <= set(other.excepting)


def _outlasts(period: Period | None, other: Period | None) -> bool:
    """Say whether a period holds whenever the other does."""
    one, two = period or ALWAYS, other or ALWAYS
    starts = one.start is None or (two.start is not None and one.start <= two.start)
    ends = one.end is None or (two.end is not None and two.end <= one.end)
    return starts and ends
