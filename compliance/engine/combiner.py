"""What a decision means: the values of rules, joined into one outcome.

Reference: DESIGN section 5, whose five steps stand below in its order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.engine.decision import Outcome, RuleFailure, Verdict
from compliance.engine.evaluator import Setting, covers
from compliance.engine.missing import open_facts
from compliance.language.rulebook import Effect, Rule
from compliance.vocabulary.unknown import UNKNOWN, Truth, conjunction, disjunction, negation

if TYPE_CHECKING:
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset


def condition_of(rule: Rule, setting: Setting) -> Truth:
    """Return the value of a rule without its scope; for a require: that it is asked and not met."""
    value = setting.truth(rule.when)
    if rule.effect is Effect.REQUIRE and value is not False:
        value = conjunction((value, negation(setting.truth(rule.needs))))
    return value


class Reading:
    """The rules that apply to one request, and what each comes to."""

    def __init__(self, ruleset: Ruleset, request: Request) -> None:
        """Evaluate every applicable rule for `request`."""
        self.ruleset = ruleset
        self.request = request
        self.rules = ruleset.applicable(request.action, request.kind, request.product, request.resource_type)
        self.permits = tuple(rule for rule in self.rules if rule.effect is Effect.PERMIT)
        self.errors: dict[str, RuleFailure] = {}
        self.conditions = {rule.id: self._condition(rule) for rule in self.rules}
        self.values = {rule.id: self._value(rule) for rule in self.rules}

    def _condition(self, rule: Rule) -> Truth:
        """Return the value of the rule without its scope by home."""
        setting = Setting(self.ruleset, self.request.facts, self.request.kind)
        value = condition_of(rule, setting)
        if value is UNKNOWN and setting.failures:
            self.errors[rule.id] = RuleFailure(rule.id, "; ".join(dict.fromkeys(setting.failures)))
        return value

    def _value(self, rule: Rule) -> Truth:
        """Return the rule's value: in scope and `when`; for a require: not (in scope and `when`), or `needs`."""
        scope = (
            True
            if rule.home is None
            else disjunction(covers(self.ruleset, rule.home, home) for home in self.request.homes)
        )
        value = conjunction((scope, self.conditions[rule.id]))
        return negation(value) if rule.effect is Effect.REQUIRE else value

    def permitted_at(self, home: object) -> Truth:
        """Say whether some permit that covers `home` is true; an unknown home makes it unknown."""
        if not isinstance(home, str):
            return UNKNOWN
        return disjunction(self._at(rule, home) for rule in self.permits)

    def _at(self, rule: Rule, home: object) -> Truth:
        return conjunction((covers(self.ruleset, rule.home, home), self.conditions[rule.id]))

    def permitted(self) -> Truth:
        """Say whether the subject is permitted at every home; without homes, by some permit of `rules/`."""
        if not self.ruleset.vocabulary.kinds[self.request.kind].homes:
            return disjunction(self.of(rule) for rule in self.permits if rule.home is None)
        if not self.request.homes:
            return False
        return conjunction(self.permitted_at(home) for home in self.request.homes)

    def unsettled_permits(self) -> tuple[Rule, ...]:
        """Return the permits that are unknown at a home where that leaves the permission unknown."""
        if not self.ruleset.vocabulary.kinds[self.request.kind].homes:
            return tuple(rule for rule in self.permits if rule.home is None and self.of(rule) is UNKNOWN)
        waiting = [home for home in self.request.homes if self.permitted_at(home) is UNKNOWN]
        return tuple(rule for rule in self.permits if any(self._at(rule, home) is UNKNOWN for home in waiting))

    def of(self, rule: Rule) -> Truth:
        """Return the value of `rule`."""
        return self.values[rule.id]

    def having(
        self, effect: Effect, *, true: bool = False, false: bool = False, unknown: bool = False
    ) -> tuple[Rule, ...]:
        """Return the rules with `effect` whose value is one of those asked for, in order of id."""
        wanted = [value for value, asked in ((True, true), (False, false), (UNKNOWN, unknown)) if asked]
        return tuple(
            rule for rule in self.rules if rule.effect is effect and any(self.of(rule) is value for value in wanted)
        )


def combine(ruleset: Ruleset, request: Request) -> Verdict:
    """Return the outcome of `request` under `ruleset`, with the rules that determine it."""
    if request.refused is not None:
        return Verdict(Outcome.DENY, ())
    return determined(Reading(ruleset, request))


def determined(reading: Reading) -> Verdict:
    """Return the outcome that the values of the rules come to, with those that determine it."""
    permitted = reading.permitted()
    forbidding = reading.having(Effect.FORBID, true=True)
    if forbidding:
        return Verdict(Outcome.DENY, forbidding)
    if permitted is False:
        return Verdict(Outcome.DENY, ())
    unsettled = reading.having(Effect.FORBID, unknown=True)
    if permitted is UNKNOWN:
        unsettled += reading.unsettled_permits()
    required = reading.having(Effect.REQUIRE, false=True, unknown=True)
    if unsettled or permitted is UNKNOWN or required:
        return _blocked(reading, unsettled, required)
    referring = reading.having(Effect.REFER, true=True, unknown=True)
    if referring:
        unknown = tuple(rule for rule in referring if reading.of(rule) is UNKNOWN)
        return Verdict(Outcome.REFER, referring, unsettled=unknown, errors=_errors(reading, unknown))
    obligations = reading.having(Effect.OBLIGE, true=True, unknown=True)
    errors = _errors(reading, obligations)
    return Verdict(Outcome.ALLOW, reading.having(Effect.PERMIT, true=True), obligations=obligations, errors=errors)


def _blocked(reading: Reading, unsettled: tuple[Rule, ...], required: tuple[Rule, ...]) -> Verdict:
    """Return incomplete, or refer where only errors stand in the way: nothing to ask and nothing to require."""
    unsettled += tuple(rule for rule in required if reading.of(rule) is UNKNOWN)
    blocking = _sorted((*unsettled, *(rule for rule in required if reading.of(rule) is False)))
    unsettled = _sorted(unsettled)
    errors = _errors(reading, unsettled)
    unmet = any(reading.of(rule) is False for rule in required)
    unsaid = any(home is UNKNOWN for home in reading.request.homes)
    if errors and not unmet and not unsaid and not open_facts(reading.ruleset, reading.request, unsettled):
        return Verdict(Outcome.REFER, blocking, unsettled=unsettled, errors=errors)
    return Verdict(Outcome.INCOMPLETE, blocking, unsettled=unsettled, requirements=required, errors=errors)


def _sorted(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _errors(reading: Reading, rules: tuple[Rule, ...]) -> tuple[RuleFailure, ...]:
    return tuple(reading.errors[rule.id] for rule in rules if rule.id in reading.errors)
