"""Find the unknown facts that keep a verdict from settling: the Kleene residual of the rules that block.

Invariant (DESIGN section 5): answering all of them leaves nothing incomplete for want of facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance.engine.evaluator import Setting, covers
from compliance.engine.remembering import Remembering
from compliance.language.expression import (
    Collect,
    Conditional,
    Converted,
    DefinitionRef,
    FactRef,
    Fold,
    Has,
    Member,
    Quantifier,
    Variable,
    Within,
    children,
)
from compliance.language.rulebook import Effect
from compliance.vocabulary.facts import FX, HOMES
from compliance.vocabulary.unknown import UNKNOWN, disjunction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.engine.findings import FindingsOn
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.language.rulebook import Rule

NOT_GIVEN = "not-given"
NOT_ON_FILE = "not-on-file"
TOO_COARSE = "too-coarse"


@dataclass(frozen=True, slots=True)
class Open:
    """A fact that is open in a residual, why, and for a coarse territory what would settle it."""

    path: str
    why: str
    choices: tuple[str, ...] = ()


def open_facts(
    ruleset: Ruleset,
    request: Request,
    rules: tuple[Rule, ...],
    setting: Setting | None = None,
    findings: FindingsOn | None = None,
) -> dict[str, list[Open]]:
    """Return, for each rule of unknown value, the facts that are open in it: rule id -> facts.

    Rules that wait for nothing (only an error makes them unknown) are left out. `setting` may bring values along, and
    `findings` what the rules said of requests that they cannot tell from this one.
    """
    finder = _Finder(ruleset, request, setting or Remembering(ruleset, request.facts, request.kind))
    of_rule = finder.of_rule
    found = {rule.id: of_rule(rule) if findings is None else findings.opened(rule, of_rule) for rule in rules}
    return {rule: opened for rule, opened in found.items() if opened}


def unknown_homes(ruleset: Ruleset, request: Request) -> list[str]:
    """Return the paths of the home facts that a subject of this kind has and that are unknown."""
    return [path for path in ruleset.vocabulary.kinds[request.kind].homes if request.facts[path] is UNKNOWN]


class _Finder:
    """Walks the parts of a condition that are unknown, and only those."""

    def __init__(self, ruleset: Ruleset, request: Request, setting: Setting) -> None:
        self.ruleset = ruleset
        self.request = request
        self.setting = setting

    def of_rule(self, rule: Rule) -> list[Open]:
        """Return the facts open in a rule of unknown value, each once."""
        found: list[Open] = []
        homes = self.request.homes
        scope = True if rule.home is None else disjunction(covers(self.ruleset, rule.home, home) for home in homes)
        # A permit is asked home by home: that it covers one home settles nothing for another.
        if scope is UNKNOWN or rule.effect is Effect.PERMIT:
            found += self._homes(rule)
        when, needs = self.setting.truth(rule.when), self.setting.truth(rule.needs)
        if rule.when is not None and when is UNKNOWN:
            found += self.of(rule.when, {}, {})
        if rule.effect is Effect.REQUIRE and rule.needs is not None and needs is UNKNOWN:
            found += self.of(rule.needs, {}, {})
        return list(dict.fromkeys(found))

    def _homes(self, rule: Rule) -> Iterator[Open]:
        for path in self.ruleset.vocabulary.kinds[self.request.kind].homes:
            value = self.request.facts[path]
            if value is UNKNOWN:
                yield self._unknown(path)
                continue
            codes = value if isinstance(value, frozenset) else (value,)
            for code in codes:
                if isinstance(code, str) and covers(self.ruleset, rule.home, code) is UNKNOWN:
                    yield Open(path, TOO_COARSE, self._regions(code))

    def of(
        self, node: Expression, variables: Mapping[str, object], sources: Mapping[str, tuple[str, ...]]
    ) -> Iterator[Open]:
        """Yield the facts open in `node`; `sources` says from which facts each variable's elements come."""
        if self.setting.value(node, variables) is not UNKNOWN:
            return
        match node:
            case FactRef(path, _) | Has(FactRef(path, _)):
                # Absent is an answer: used without `has` it is an error, and asking again would not help.
                if self.request.facts[path] is UNKNOWN:
                    yield self._unknown(path)
            case Member(record, name, _) | Has(Member(record, name, _)):
                held = self.setting.value(record, variables)
                if held is UNKNOWN:
                    yield from self.of(record, variables, sources)
                elif held[name] is UNKNOWN:  # type: ignore[index]  # checked: a record
                    yield from (Open(path, NOT_ON_FILE) for path in self._paths(record, sources))
            case DefinitionRef():
                if (body := self._body(node)) is not None:
                    yield from self.of(body, {}, {})
            case Within(territory, place):
                yield from self._within(territory, place, variables, sources)
            case Converted(amount, _, _):
                yield from self.of(amount, variables, sources)
                if self.setting.value(amount, variables) is not UNKNOWN:
                    yield self._unknown(FX)
            case (
                Quantifier(_, source, variable, body)
                | Collect(_, source, variable, body, _)
                | Fold(_, source, variable, body, _)
            ):
                yield from self._elements(source, variable, body, variables, sources)
            case Conditional(condition, then, otherwise, _):
                chosen = self.setting.value(condition, variables)
                if chosen is UNKNOWN:
                    yield from self.of(condition, variables, sources)
                for arm, picked in ((then, True), (otherwise, False)):
                    if chosen is UNKNOWN or chosen is picked:
                        yield from self.of(arm, variables, sources)
            case _:
                for part in children(node):
                    yield from self.of(part, variables, sources)

    def _body(self, node: DefinitionRef) -> Expression | None:
        return (
            self.ruleset.definition(node, self.request.kind) if self.ruleset.defines(node, self.request.kind) else None
        )

    def _elements(
        self,
        source: Expression,
        variable: Variable,
        body: Expression,
        variables: Mapping[str, object],
        sources: Mapping[str, tuple[str, ...]],
    ) -> Iterator[Open]:
        elements = self.setting.value(source, variables)
        if elements is UNKNOWN:
            yield from self.of(source, variables, sources)
            return
        paths = tuple(self._paths(source, sources))
        of_homes = isinstance(source, FactRef) and source.path == HOMES
        for element in elements:  # type: ignore[attr-defined]
            # Which home is too coarse is known, so that nobody is asked about the others again.
            stated = self._homes_at(element) if of_homes else paths
            yield from self.of(body, {**variables, variable.name: element}, {**sources, variable.name: stated})

    def _homes_at(self, code: object) -> tuple[str, ...]:
        """Return the paths of the home facts that say `code`."""
        values = {path: self.request.facts[path] for path in self.ruleset.vocabulary.kinds[self.request.kind].homes}
        return tuple(
            path for path, value in values.items() if value == code or (isinstance(value, frozenset) and code in value)
        )

    def _within(
        self,
        territory: Expression,
        place: str | Expression,
        variables: Mapping[str, object],
        sources: Mapping[str, tuple[str, ...]],
    ) -> Iterator[Open]:
        code = self.setting.value(territory, variables)
        if code is UNKNOWN:
            yield from self.of(territory, variables, sources)
        if not isinstance(place, str) and self.setting.value(place, variables) is UNKNOWN:
            yield from self.of(place, variables, sources)
        elif isinstance(code, str):
            yield from (Open(path, TOO_COARSE, self._regions(code)) for path in self._paths(territory, sources))

    def _paths(self, node: Expression, sources: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
        """Yield the paths of the facts that a value is taken from."""
        match node:
            case FactRef(path, _):
                yield from (self.ruleset.vocabulary.kinds[self.request.kind].homes if path == HOMES else (path,))
            case Variable(name, _):
                yield from sources.get(name, ())
            case DefinitionRef():
                if (body := self._body(node)) is not None:
                    yield from self._paths(body, {})
            case _:
                for part in children(node):
                    yield from self._paths(part, sources)

    def _unknown(self, path: str) -> Open:
        """Return an unknown fact as what a caller can answer: homes and computed facts by what they come from."""
        if path == HOMES:
            path = next(iter(unknown_homes(self.ruleset, self.request)), path)
        fact = self.ruleset.vocabulary.facts.get(path)
        if fact is not None and fact.computed is not None:
            given = self.request.facts[fact.computed.over] is not UNKNOWN
            return Open(fact.computed.over, NOT_ON_FILE) if given else self._unknown(fact.computed.over)
        return Open(path, self.request.why.get(path, NOT_GIVEN))

    def _regions(self, code: str) -> tuple[str, ...]:
        return self.ruleset.regions(code)
