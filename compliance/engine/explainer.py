"""Turn a verdict into a decision that people can read: sentences, facts, authorities, what is missing, what would help.

Nothing here changes an outcome; it re-reads the conditions of the rules that determined it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.engine.changes import least_change, may_change
from compliance.engine.combiner import Reading, combine
from compliance.engine.decision import (
    NOTHING_PERMITS,
    RULE_ERROR,
    Assumption,
    Change,
    Decision,
    Ground,
    LeafFinding,
    NearestPermit,
    Obligation,
    Outcome,
    Requirement,
    UsedFact,
)
from compliance.engine.evaluator import covers
from compliance.engine.questions import missing_facts
from compliance.engine.remembering import Remembering
from compliance.language.expression import And, Converted, DefinitionRef, FactRef, Leaf, Not, Or, children
from compliance.language.rulebook import Effect
from compliance.vocabulary.facts import FX, HOMES
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from compliance.engine.decision import Verdict
    from compliance.engine.findings import FindingsOn
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.language.rulebook import Rule
    from compliance.vocabulary.unknown import Truth


def explain(
    ruleset: Ruleset,
    request: Request,
    verdict: Verdict,
    verdict_of: Callable[[Ruleset, Request], Verdict] = combine,
    findings: FindingsOn | None = None,
) -> Decision:
    """Return `verdict` explained: every list complete and in a stable order.

    `verdict_of` answers the variations that are tried to find which facts matter; the compiled form is faster.
    `findings` is what the rules said of requests that they cannot tell from this one.
    """
    # A term that failed says nothing that another request could be given.
    reader = _Explaining(ruleset, request, findings if not verdict.errors else None)
    grounds = tuple(reader.ground(rule) for rule in verdict.grounds)
    asked = verdict.outcome in {Outcome.INCOMPLETE, Outcome.REFER}
    denied = verdict.outcome is Outcome.DENY
    nearest = tuple(reader.nearest()) if ground_of(request, verdict) == NOTHING_PERMITS else ()
    return Decision(
        outcome=verdict.outcome,
        ground=ground_of(request, verdict),
        grounds=grounds,
        missing=missing_facts(ruleset, request, verdict, verdict_of, reader.setting, reader.kept) if asked else (),
        requirements=tuple(reader.requirement(rule) for rule in verdict.requirements),
        obligations=tuple(reader.obligation(rule) for rule in verdict.obligations),
        assumed=tuple(reader.assumptions(verdict, grounds)),
        errors=verdict.errors,
        nearest=nearest,
        changes=reader.changes(verdict, grounds, nearest, verdict_of) if denied else None,
        ruleset_digest=ruleset.digest,
        as_of=request.time,
        warnings=request.warnings,
    )


def ground_of(request: Request, verdict: Verdict) -> str | None:
    """Return the name of the ground where no rule is it: a refusal, that nothing permits, an error."""
    if request.refused is not None:
        return request.refused
    if verdict.outcome is Outcome.DENY and not verdict.grounds:
        return NOTHING_PERMITS
    if (
        verdict.outcome is Outcome.REFER
        and verdict.errors
        and not any(r.effect is Effect.REFER for r in verdict.grounds)
    ):
        return RULE_ERROR
    return None


def _shown(value: Truth) -> bool | None:
    return None if value is UNKNOWN else value is True


class _Explaining:
    """Reads conditions again, for the words and facts in them."""

    def __init__(self, ruleset: Ruleset, request: Request, kept: FindingsOn | None = None) -> None:
        self.ruleset = ruleset
        self.request = request
        self.kept = kept
        self.setting = Remembering(ruleset, request.facts, request.kind)

    def ground(self, rule: Rule) -> Ground:
        """Return what a rule says, and the terms and facts that made it so."""
        return self._ground(rule) if self.kept is None else self.kept.ground(rule, self._ground)

    def _ground(self, rule: Rule) -> Ground:
        value = self._value(rule)
        leaves = list(self.findings(rule.when, wanted=True))
        if rule.effect is Effect.REQUIRE:
            leaves += self.findings(rule.needs, wanted=False)
        return Ground(
            rule=rule.id,
            effect=rule.effect.value,
            says=rule.says,
            value=value,
            leaves=tuple(leaves),
            authority=rule.authority,
            jurisdiction=rule.jurisdiction,
            layer=rule.layer,
            homes=self._homes(rule),
            notes=rule.notes,
        )

    def _value(self, rule: Rule) -> bool | None:
        scope = [covers(self.ruleset, rule.home, home) for home in self.request.homes]
        inside = rule.home is None or any(found is True for found in scope)
        when, needs = self.setting.truth(rule.when), self.setting.truth(rule.needs)
        if rule.effect is Effect.REQUIRE and needs is False and inside and when is True:
            return False
        return True if rule.effect is not Effect.REQUIRE and inside and when is True else None

    def _homes(self, rule: Rule) -> tuple[str, ...]:
        if rule.home is None:
            return ()
        homes = (home for home in self.request.homes if isinstance(home, str))
        return tuple(home for home in homes if covers(self.ruleset, rule.home, home) is not False)

    def findings(self, node: Expression | None, *, wanted: bool) -> Iterator[LeafFinding]:
        """Yield the terms that make `node` come to `wanted`, or that leave it unknown."""
        if node is None:
            return
        value = self.setting.truth(node)
        match node:
            case And(terms) | Or(terms):
                # The terms that came to what the whole came to are those that decided it.
                for term in (term for term in terms if self.setting.truth(term) is value):
                    yield from self.findings(term, wanted=wanted)
            case Not(term):
                yield from self.findings(term, wanted=not wanted)
            case Leaf(term, source, says):
                yield self._finding(term, source, says, value)
                yield from self._inside(term, wanted=wanted)
            case _:
                yield self._finding(node, "", None, value)

    def _inside(self, node: Expression, *, wanted: bool) -> Iterator[LeafFinding]:
        """Yield the terms of the definitions in `node` that decided it, as far as an officer wrote them."""
        value = self.setting.truth(node)
        match node:
            case DefinitionRef() if self.ruleset.defines(node, self.request.kind):
                body = self.ruleset.definition(node, self.request.kind)
                yield from (found for found in self.findings(body, wanted=wanted) if found.source)
            case And(terms) | Or(terms):
                for term in (term for term in terms if self.setting.truth(term) is value):
                    yield from self._inside(term, wanted=wanted)
            case Not(term):
                yield from self._inside(term, wanted=not wanted)
            case _:
                return

    def _finding(self, term: Expression, source: str, says: str | None, value: Truth) -> LeafFinding:
        paths = dict.fromkeys(self._paths(term))
        used = tuple(UsedFact(path, self.request.facts[path]) for path in paths)
        return LeafFinding(source, says, _shown(value), used)

    def _paths(self, node: Expression) -> Iterator[str]:
        match node:
            case FactRef(path, _):
                yield from self.ruleset.vocabulary.kinds[self.request.kind].homes if path == HOMES else (path,)
            case DefinitionRef() if self.ruleset.defines(node, self.request.kind):
                yield from self._decisive_paths(self.ruleset.definition(node, self.request.kind))
            case Converted(amount, _, _):
                yield from self._paths(amount)
                yield FX
            case _:
                for part in children(node):
                    yield from self._paths(part)

    def _decisive_paths(self, node: Expression) -> Iterator[str]:
        """Yield the facts behind a definition that made it what it is: not those of terms that did not matter."""
        match node:
            case And(terms) | Or(terms):
                value = self.setting.truth(node)
                for term in terms:
                    if self.setting.truth(term) is value:
                        yield from self._decisive_paths(term)
            case Leaf(term, _, _) | Not(term):
                yield from self._decisive_paths(term)
            case _:
                yield from self._paths(node)

    def requirement(self, rule: Rule) -> Requirement:
        """Return what is demanded, what to do about it, and whether it is known not to be met."""
        value = self._value(rule) if self.kept is None else self.kept.met(rule, self._value)
        return Requirement(rule.id, rule.says, rule.remedy, False if value is False else None, rule.authority)

    def obligation(self, rule: Rule) -> Obligation:
        """Return what the caller must do."""
        return Obligation(rule.id, rule.obligation or "", rule.says, rule.authority)

    def assumptions(self, verdict: Verdict, grounds: tuple[Ground, ...]) -> Iterator[Assumption]:
        """Yield what is taken to hold because nobody feeds it, as far as the answer rests on it.

        A deny rests on what makes its forbids true; every other answer on all that an applicable rule reads.
        """
        request = self.request
        if not request.assumed or request.refused is not None:
            return
        read: Iterable[str] = self.ruleset.facts_read(
            request.action, request.kind, request.product, request.resource_type
        )
        if verdict.outcome is Outcome.DENY and verdict.grounds:
            read = {used.path for ground in grounds for leaf in ground.leaves for used in leaf.facts}
        for path in request.assumed:
            stated = self.ruleset.vocabulary.facts[path].without_feed
            if path in read and stated is not None:
                yield Assumption(path, stated.value, stated.authority)

    def changes(
        self,
        verdict: Verdict,
        grounds: tuple[Ground, ...],
        nearest: tuple[NearestPermit, ...],
        verdict_of: Callable[[Ruleset, Request], Verdict],
    ) -> tuple[Change, ...] | None:
        """Return the least change that ends a deny, among the facts that can end it; `None` if that is not certain."""
        if self.request.refused is not None:
            return ()
        facts, kind = self.ruleset.vocabulary.facts, self.ruleset.vocabulary.kinds[self.request.kind]
        if any(not may_change(self.ruleset, rule, self.request.kind) for rule in verdict.grounds):
            return ()
        rests_on = [self._rests_on(*each) for each in zip(verdict.grounds, grounds, strict=True)]
        if not verdict.grounds and kind.homes:
            rests_on = [self._open_to_change(leaf for permit in nearest for leaf in permit.failing) | set(kind.homes)]
        # A rule goes on to hold as long as the facts that made it hold stay what they are.
        if any(not any(path in facts and facts[path].changeable for path in paths) for paths in rests_on):
            return ()
        return least_change(self.ruleset, self.request, self._opening(), verdict_of)

    def _rests_on(self, rule: Rule, ground: Ground) -> set[str]:
        """Return the facts of which one has to change for a forbid that is true to be true no more."""
        homes = self.ruleset.vocabulary.kinds[self.request.kind].homes if rule.home is not None else ()
        return self._open_to_change(ground.leaves) | set(homes)

    def _open_to_change(self, leaves: Iterable[LeafFinding]) -> set[str]:
        return {self._origin(used.path) for leaf in leaves for used in leaf.facts}

    def _origin(self, path: str) -> str:
        """Return the path of the fact from which a computed one is computed, else `path`."""
        fact = self.ruleset.vocabulary.facts.get(path)
        return path if fact is None or fact.computed is None else fact.computed.over

    def _opening(self) -> set[str]:
        """Return every fact that an applicable forbid or permit reads, homes among them."""
        request, homes = self.request, self.ruleset.vocabulary.kinds[self.request.kind].homes
        found = set(homes)
        for rule in self.ruleset.applicable(request.action, request.kind, request.product, request.resource_type):
            if rule.effect in {Effect.FORBID, Effect.PERMIT}:
                read = (node.path for node in self.ruleset.conditions(rule) if isinstance(node, FactRef))
                found |= {self._origin(path) for path in read}
        return found

    def _failing(self, rule: Rule) -> tuple[LeafFinding, ...]:
        return tuple(self.findings(rule.when, wanted=False))

    def nearest(self) -> Iterator[NearestPermit]:
        """Yield, per home that nothing permits, the permits that cover it and fail, and those that lapsed."""
        reading = Reading(self.ruleset, self.request)
        for home in self.request.homes:
            if not isinstance(home, str) or reading.permitted_at(home) is not False:
                continue
            for rule in reading.permits:
                if covers(self.ruleset, rule.home, home) is not False:
                    failing = self._failing(rule) if self.kept is None else self.kept.failing(rule, self._failing)
                    yield NearestPermit(home, rule.id, rule.says, None, failing)
            asked = self.request
            for rule in self.ruleset.lapsed(asked.action, asked.kind, asked.product, asked.resource_type):
                if covers(self.ruleset, rule.home, home) is True and rule.effective is not None:
                    yield NearestPermit(home, rule.id, rule.says, rule.effective.end, ())
