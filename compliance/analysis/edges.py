"""Hold the cases of a rulebook to its edges: whoever moves a threshold or a date by its smallest step must fail one.

Each edge is moved and the cases are decided again, as far as they could be decided otherwise. Where none fails, the
rulebook could say something else there without anybody noticing: the edge is not held.

Reference: mutation analysis (DeMillo, Lipton and Sayward, "Hints on Test Data Selection", 1978).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.analysis.dates import dates
from compliance.analysis.mutants import Kind
from compliance.analysis.thresholds import thresholds
from compliance.engine.book import joined
from compliance.engine.cases import Answer, differences, request_of
from compliance.engine.combiner import combine, condition_of
from compliance.engine.decision import Outcome
from compliance.engine.envelope import RequestRefused
from compliance.engine.evaluator import Setting
from compliance.engine.explainer import explain, ground_of
from compliance.engine.operations import Failure
from compliance.engine.reach import Reach
from compliance.engine.ruleset import Ruleset
from compliance.engine.specializer import FALSE, specialize
from compliance.language.named import NameIndex
from compliance.language.rulebook import Effect
from compliance.vocabulary.period import ALWAYS
from compliance.vocabulary.refusal import Refused
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from compliance.analysis.mutants import Mutant
    from compliance.engine.book import Book
    from compliance.engine.decision import Decision
    from compliance.engine.request import Request
    from compliance.language.named import Named
    from compliance.language.rulebook import Case, Rule, Rulebook, Unobservable
    from compliance.vocabulary.unknown import Truth


@dataclass(frozen=True, slots=True)
class Held:
    """A moved edge, and a case that fails because of it; `None`: no case does."""

    mutant: Mutant
    case: Case | None
    because: str | None = None
    """Why no case can, where the rulebook says so."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What became of the edges of a rulebook."""

    moves: tuple[Held, ...]
    outdated: tuple[Unobservable, ...]
    """Edges that the rulebook calls unobservable, and that are none or that some case shows."""

    @property
    def loose(self) -> tuple[Mutant, ...]:
        """Return the moves of which no case takes notice, though one could."""
        return tuple(each.mutant for each in self.moves if each.case is None and each.because is None)

    @property
    def unobservable(self) -> tuple[Held, ...]:
        """Return the moves of which no case can take notice, as the rulebook says."""
        return tuple(each for each in self.moves if each.case is None and each.because is not None)

    @property
    def held(self) -> int:
        """Return how many moves make a case fail."""
        return sum(each.case is not None for each in self.moves)

    @property
    def hold(self) -> bool:
        """Say whether there is nothing to complain about."""
        return not self.loose and not self.outdated


def mutants(rulebook: Rulebook) -> list[Mutant]:
    """Return `rulebook` with each of its edges moved, thresholds first."""
    return [*thresholds(rulebook), *dates(rulebook)]


def edges(book: Book, told: Callable[[int, int], None] = lambda _, __: None) -> Edges:
    """Return every edge of `book`, moved, with a case that fails then; `told` hears how many are done, of how many.

    A date is no edge where nothing changes on it that a rule in force then reads.
    All cases of `book` have to hold (`run_cases`); one whose request is refused shows nothing.
    """
    every = mutants(book.rulebook)
    judge = Judge(book)
    reasons = {each.edge: each.because for each in book.rulebook.unobservable}
    moves = []
    for done, mutant in enumerate(every):
        told(done, len(every))
        if not judge.says_the_same(mutant):
            moves.append(Held(mutant, judge.failing(mutant), reasons.get(mutant.name)))
    told(len(every), len(every))
    unseen = {each.mutant.name for each in moves if each.case is None}
    outdated = (each for each in book.rulebook.unobservable if each.edge not in unseen)
    return Edges(tuple(moves), tuple(outdated))


class _Asked:
    """A case and its request, and the other's if it names one; with what rules came to where that was asked for."""

    def __init__(self, case: Case, request: Request, ruleset: Ruleset) -> None:
        self.case = case
        self.ruleset = ruleset
        self.named = {*(case.grounds or ()), *(case.not_grounds or ()), *(case.requirements or ())}
        self.named.update(case.obligations or ())
        self.requests = [request] if request.counterparty is None else [request, request.counterparty[1]]
        self.values: list[dict[str, Truth]] = [{} for _ in self.requests]

    def differs(self, rules: Iterable[Rule], changed: Ruleset) -> bool:
        """Say whether one of `rules`, as they are in `changed`, comes to something else there."""
        for request, values in zip(self.requests, self.values, strict=True):
            for rule in rules:
                if request.kind not in (rule.kinds or {request.kind}):
                    continue
                if rule.id not in values:
                    mine = next(each for each in self.ruleset.rules if each.id == rule.id)
                    values[rule.id] = condition_of(mine, Setting(self.ruleset, request.facts, request.kind))
                if condition_of(rule, Setting(changed, request.facts, request.kind)) is not values[rule.id]:
                    return True
        return False


class Judge:
    """Decides the cases of a book again under other rulebooks, as far as that can make a difference."""

    def __init__(self, book: Book) -> None:
        """Decode every case of `book`, and note which rules bear on it."""
        self.book = book
        self._names = NameIndex()
        asked = (self._decoded(case) for case in book.rulebook.cases)
        self._asked = sorted((each for each in asked if each is not None), key=lambda each: each.case.as_of)
        self._times = [each.case.as_of for each in self._asked]
        self._bearing: dict[Ruleset, dict[str, list[_Asked]]] = {}
        """For each ruleset: id of a rule -> the cases that it bears on."""
        self._readers: dict[Ruleset, dict[object, set[str]]] = {}
        """For each ruleset: name of a definition or parameter -> the rules that read it."""
        self._at: dict[datetime, Ruleset] = {}
        reaches: dict[Ruleset, Reach] = {}
        for each in self._asked:
            reach = reaches.setdefault(each.ruleset, Reach(each.ruleset))
            self._note(each, reach)

    def _decoded(self, case: Case) -> _Asked | None:
        ruleset = self.book.timeline.at(case.as_of)
        try:
            return _Asked(case, request_of(ruleset, case), ruleset)
        except (Refused, RequestRefused):
            return None

    def _note(self, asked: _Asked, reach: Reach) -> None:
        bearing = self._bearing.setdefault(asked.ruleset, {})
        ids: set[str] = set()
        for request in asked.requests:
            if request.refused is None:
                scopes = reach.of(request.homes)
                rules = asked.ruleset.applicable(request.action, request.kind, request.product, request.resource_type)
                ids |= {rule.id for rule in rules if scopes[reach.number(rule.home)] is not False}
        for id_ in ids:
            bearing.setdefault(id_, []).append(asked)

    def says_the_same(self, mutant: Mutant) -> bool:
        """Say whether a moved date changes nothing that a rule in force then reads: then it is no edge."""
        at = mutant.window.start
        if mutant.kind is not Kind.DATE or at is None:
            return False
        here = self._at.get(at)
        if here is None:
            here = self._at[at] = Ruleset(self.book.rulebook, at, ALWAYS, self._names)
        there = Ruleset(mutant.made(), at, ALWAYS, self._names)
        if mutant.group is not None:
            if here.places.members(mutant.group) == there.places.members(mutant.group):
                return True
            changed = [rule for rule in here.rules if mutant.group in here.groups_of(rule)]
        elif mutant.rules:
            one, other = ({(rule.id, rule.span): rule for rule in ruleset.rules} for ruleset in (here, there))
            changed = [(one | other)[key] for key in one.keys() ^ other.keys()]
        else:
            changed = [rule for rule in here.rules if _reads(here.named(rule), mutant)]
        return all(_is_idle(rule, (here, there)) for rule in changed)

    def failing(self, mutant: Mutant) -> Case | None:
        """Return a case that fails under `mutant`, or `None` if all hold."""
        rulebook = mutant.made()
        match mutant.kind:
            case Kind.DATE:
                return self._redated(mutant, rulebook)
            case Kind.READING:
                return self._read_again(mutant, rulebook)
            case Kind.THRESHOLD:
                return self._weighed_again(mutant, rulebook)

    def _redated(self, mutant: Mutant, rulebook: Rulebook) -> Case | None:
        """Decide the cases in the time between the old date and the new one, those that name what moved first."""
        start, end = mutant.window.start, mutant.window.end
        first = 0 if start is None else bisect_left(self._times, start)
        last = len(self._times) if end is None else bisect_left(self._times, end)
        names = {"/".join(steps[:count]) for id_ in mutant.rules if (steps := id_.split("/")) for count in (1, 2, 3)}
        rulesets: dict[datetime, Ruleset] = {}
        within = self._asked[first:last]
        for asked in sorted(within, key=lambda one: (names.isdisjoint(one.named), not _beside(one.case, mutant))):
            at = asked.case.as_of
            ruleset = rulesets.get(at)
            if ruleset is None:
                ruleset = rulesets[at] = Ruleset(rulebook, at, ALWAYS, self._names)
            if _fails(asked.case, ruleset, asked.requests[0]):
                return asked.case
        return None

    def _weighed_again(self, mutant: Mutant, rulebook: Rulebook) -> Case | None:
        """Decide the cases on which rules with the threshold bear, where one of these comes to something else."""
        ids: dict[Ruleset, list[str]] = {}
        bearing: dict[_Asked, None] = {}
        for ruleset, cases in self._bearing.items():
            if ruleset.instant in mutant.window:
                ids[ruleset] = sorted(self._reading(ruleset, mutant))
                bearing |= dict.fromkeys(each for id_ in ids[ruleset] for each in cases.get(id_, ()))
        changed: dict[Ruleset, tuple[Ruleset, list[Rule]]] = {}
        for asked in sorted(bearing, key=lambda one: not _beside(one.case, mutant)):
            found = changed.get(asked.ruleset)
            if found is None:
                again = Ruleset(rulebook, asked.ruleset.instant, asked.ruleset.period, self._names)
                mine = set(ids[asked.ruleset])
                found = changed[asked.ruleset] = (again, [rule for rule in again.rules if rule.id in mine])
            if asked.differs(found[1], found[0]) and _fails(asked.case, found[0], asked.requests[0]):
                return asked.case
        return None

    def _reading(self, ruleset: Ruleset, mutant: Mutant) -> set[str]:
        """Return the ids of the rules of a ruleset that were changed, or read what was."""
        readers = self._readers.get(ruleset)
        if readers is None:
            readers = self._readers[ruleset] = defaultdict(set)
            for rule in ruleset.rules:
                named = ruleset.named(rule)
                for name in (*named.definitions, *named.parameters):
                    readers[name].add(rule.id)
        changed = (*mutant.definitions, *mutant.parameters)
        return set(mutant.rules).union(*(readers.get(name, ()) for name in changed))

    def _read_again(self, mutant: Mutant, rulebook: Rulebook) -> Case | None:
        """Read the requests again that give the fact, and decide those that come out otherwise."""
        changed: dict[Ruleset, Ruleset] = {}
        for asked in self._asked:
            if not any(_given(asked.case.request, path) for path in mutant.facts):
                continue
            ruleset = changed.get(asked.ruleset)
            if ruleset is None:
                again = Ruleset(rulebook, asked.ruleset.instant, asked.ruleset.period, self._names)
                ruleset = changed[asked.ruleset] = again
            request = request_of(ruleset, asked.case)
            old, new = asked.requests[0].facts, request.facts
            if any(_other(old[path], new[path]) for path in mutant.facts) and _fails(asked.case, ruleset, request):
                return asked.case
        return None


def _reads(named: Named, mutant: Mutant) -> bool:
    """Say whether conditions that name so much read what was changed."""
    return not (named.definitions.isdisjoint(mutant.definitions) and named.parameters.isdisjoint(mutant.parameters))


def _given(request: Mapping[str, object], path: str) -> bool:
    """Say whether a case's request gives a fact."""
    zone, name = path.split(".", 1)
    part = request.get(zone)
    if isinstance(part, dict) and isinstance(part.get("properties"), dict):
        part = part["properties"]
    return isinstance(part, dict) and name in part


def _other(old: object, new: object) -> bool:
    """Say whether two values of a fact are not the same; a list of records with unknown parts may be either."""
    if old is UNKNOWN or new is UNKNOWN:
        return old is not new
    return old != new


def _beside(case: Case, mutant: Mutant) -> bool:
    return case.file.removesuffix(".cases.yaml") + ".yaml" in mutant.files


def _is_idle(rule: Rule, rulesets: Iterable[Ruleset]) -> bool:
    """Say whether a rule comes to nothing under each of `rulesets`, whoever asks.

    So does one whose condition the parameters in force make false; and one that refers where nothing permits any of its
    actions or nobody can be at home, or obliges where whatever permits refers as well: a decision comes to a referral
    only after a permit at every home, and to obligations only without a referral (DESIGN section 5, steps 4 and 5).
    """
    return all(_is_false(rule, ruleset) or _is_never_reached(rule, ruleset) for ruleset in rulesets)


def _is_false(rule: Rule, ruleset: Ruleset) -> bool:
    kinds = rule.kinds or ruleset.vocabulary.kinds
    try:
        return rule.when is not None and all(specialize(rule.when, ruleset, kind, {}) == FALSE for kind in kinds)
    except Failure:
        return False


def _is_never_reached(rule: Rule, ruleset: Ruleset) -> bool:
    if rule.effect not in {Effect.REFER, Effect.OBLIGE}:
        return False
    place = None if rule.home is None else rule.home.within
    if place is not None and place in ruleset.rulebook.places.groups and not ruleset.places.members(place):
        return True
    permits = [each for each in ruleset.rules if each.effect is Effect.PERMIT and each.actions & rule.actions]
    if rule.effect is Effect.REFER:
        return not permits
    return all(_is_referred(permit, ruleset) for permit in permits)


def _is_referred(permit: Rule, ruleset: Ruleset) -> bool:
    """Say whether a referral without a condition stands beside a permit: for the same homes, kinds and resources."""
    scope = (permit.home, permit.kinds, permit.product, permit.resource_type)
    return any(
        each.effect is Effect.REFER
        and each.when is None
        and permit.actions <= each.actions
        and scope == (each.home, each.kinds, each.product, each.resource_type)
        for each in ruleset.rules
    )


def _fails(case: Case, ruleset: Ruleset, request: Request) -> bool:
    """Say whether a case fails under `ruleset`; what is missing is looked at last, since that takes longest."""
    if any(differences(case, _answer(ruleset, request))):
        return True
    return case.missing is not None and any(differences(case, Answer.of(_decision(ruleset, request))))


def _answer(ruleset: Ruleset, request: Request) -> Answer:
    """Return what a request is answered, but for what is missing."""
    verdict = combine(ruleset, request)
    ground = ground_of(request, verdict)
    outcome = verdict.outcome
    grounds = [rule.id for rule in verdict.grounds]
    if request.counterparty is not None:
        name, second = request.counterparty
        other = _answer(ruleset, second)
        grounds += other.grounds
        if Outcome(other.outcome).severity < outcome.severity:
            outcome, ground = Outcome(other.outcome), name
    return Answer(
        outcome=outcome,
        grounds=tuple(grounds if ground is None else [ground, *grounds]),
        missing=None,
        requirements=frozenset(rule.id for rule in verdict.requirements),
        obligations=frozenset(rule.id for rule in verdict.obligations),
    )


def _decision(ruleset: Ruleset, request: Request) -> Decision:
    made = explain(ruleset, request, combine(ruleset, request))
    if request.counterparty is None:
        return made
    name, second = request.counterparty
    return joined(made, name, _decision(ruleset, second))
