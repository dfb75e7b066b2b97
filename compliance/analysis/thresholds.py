"""Find every threshold of a rulebook and move each to either side: comparisons, numbers in them, parameters, shares.

What is compared with a number is moved by its smallest step, and a comparison that includes its limit becomes one that
does not, and the other way round.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from compliance.analysis.mutants import SECOND, Kind, Mutant, exchanged, neighbours, of_place, shown
from compliance.language.documents import VOCABULARY_PATH, start_of
from compliance.language.expression import Comparison, Const, Leaf, ParameterRef, children, walk
from compliance.language.span import Span
from compliance.vocabulary.period import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from compliance.language.expression import ComparisonOperator, Expression
    from compliance.language.named import Name
    from compliance.language.rulebook import Definition, ParameterValue, Rule, Rulebook
    from compliance.vocabulary.facts import Fact
    from compliance.vocabulary.period import Period
    from compliance.vocabulary.values import Value

_Lines: TypeAlias = "Mapping[str, Sequence[str]]"
"""Path -> the lines of the file."""
_AT_THE_LIMIT: Final = "a case at the limit, or a step beside it, in which this term decides"
_OTHER: Final[dict[str, ComparisonOperator]] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def thresholds(rulebook: Rulebook) -> Iterator[Mutant]:
    """Yield `rulebook` with each of its thresholds moved, by a step down and by a step up."""
    lines = {source.path: source.text.splitlines() for source in rulebook.sources}
    compared: set[Name] = set()
    for written in _conditions(rulebook):
        after: dict[str, Span] = {}
        times: Counter[tuple[str, str]] = Counter()
        for comparison, words in _comparisons(written.body, ""):
            compared |= {(node.name, node.jurisdiction) for node in walk(comparison) if isinstance(node, ParameterRef)}
            # Words that stand twice in a condition are looked for below where they stood first.
            span = after[words] = _line_of(words, after.get(words, written.span), lines, below=words in after)
            for part, new, change in _moved(comparison):
                times[words, change] += 1
                which = "" if times[words, change] == 1 else f" ({times[words, change]})"
                yield written.mutant(part, new, f"in `{words}`{which} {change}", span)
    for value in rulebook.parameters:
        if (value.name, value.jurisdiction) in compared:
            yield from _parameter(rulebook, value)
    for fact in rulebook.vocabulary.facts.values():
        yield from _fact(rulebook, fact, lines)


@dataclass(frozen=True, slots=True)
class _Written:
    """A condition as it stands in a file once, and what it is part of."""

    of: str
    body: Expression
    span: Span
    window: Period
    rulebook: Rulebook
    rules: tuple[Rule, ...] = ()
    definition: Definition | None = None

    def mutant(self, old: Expression, new: Expression, change: str, span: Span) -> Mutant:
        """Return the rulebook with a part of the condition replaced."""
        return Mutant(
            kind=Kind.THRESHOLD,
            of=self.of,
            change=change,
            span=span,
            made=lambda: self._changed(old, new),
            lacks=_AT_THE_LIMIT,
            rules=frozenset(rule.id for rule in self.rules),
            definitions=frozenset({(self.definition.name, self.definition.jurisdiction)} if self.definition else ()),
            window=self.window,
            files=frozenset({self.span.path}),
        )

    def _changed(self, old: Expression, new: Expression) -> Rulebook:
        rules = {id(rule): _with(rule, old, new) for rule in self.rules}
        definition = self.definition
        return replace(
            self.rulebook,
            rules=tuple(rules.get(id(rule), rule) for rule in self.rulebook.rules),
            definitions=tuple(
                replace(each, body=exchanged(each.body, old, new)) if each is definition else each
                for each in self.rulebook.definitions
            ),
        )


def _with(rule: Rule, old: Expression, new: Expression) -> Rule:
    when, needs = rule.when, rule.needs
    return replace(
        rule,
        when=None if when is None else exchanged(when, old, new),
        needs=None if needs is None else exchanged(needs, old, new),
    )


def _conditions(rulebook: Rulebook) -> Iterator[_Written]:
    """Yield each condition that an officer wrote: those of positions once, whatever the rules made from them."""
    for rule in rulebook.rules:
        for body in (rule.when, rule.needs):
            if body is not None and not rule.from_position:
                window = rule.effective or ALWAYS
                yield _Written(f"the rule `{rule.id}`", body, rule.span, window, rulebook, rules=(rule,))
    seen: set[Span] = set()
    for position in rulebook.positions:
        if position.when is not None and position.span not in seen:
            seen.add(position.span)
            made = tuple(rule for rule in rulebook.rules if rule.from_position and rule.span == position.span)
            of = f"the position of `{position.jurisdiction}` on `{position.product}`"
            yield _Written(of, position.when, position.span, position.effective, rulebook, rules=made)
    for each in rulebook.definitions:
        kinds = "" if each.kinds is None else f" ({', '.join(sorted(each.kinds))})"
        of = f"the definition `{each.name}`{of_place(each.jurisdiction)}{kinds}"
        yield _Written(of, each.body, each.span, each.effective or ALWAYS, rulebook, definition=each)


def _comparisons(node: Expression, words: str) -> Iterator[tuple[Comparison, str]]:
    """Yield every comparison in `node` with the words of the term that it stands in."""
    if isinstance(node, Leaf):
        words = node.source
    if isinstance(node, Comparison):
        yield node, words
    for child in children(node):
        yield from _comparisons(child, words)


def _moved(comparison: Comparison) -> Iterator[tuple[Expression, Expression, str]]:
    """Yield each part of a comparison that makes its limit, what it becomes, and that said."""
    other = _OTHER.get(comparison.operator)
    if other is not None:
        change = f"`{comparison.operator}` becomes `{other}`"
        yield comparison, replace(comparison, operator=other), change
    for node in walk(comparison):
        if isinstance(node, Const):
            for value in neighbours(node.value):
                yield node, replace(node, value=value), f"`{shown(node.value)}` becomes `{shown(value)}`"


def _parameter(rulebook: Rulebook, value: ParameterValue) -> Iterator[Mutant]:
    for near in neighbours(value.value):
        yield Mutant(
            kind=Kind.THRESHOLD,
            of=f"the parameter `{value.name}`" + of_place(value.jurisdiction),
            change=f"`{shown(value.value)}` becomes `{shown(near)}`",
            span=value.span,
            made=_with_value(rulebook, value, near),
            lacks=_AT_THE_LIMIT,
            parameters=frozenset({(value.name, value.jurisdiction)}),
            window=value.effective,
            files=frozenset({value.span.path}),
        )


def _with_value(rulebook: Rulebook, value: ParameterValue, near: Value) -> Callable[[], Rulebook]:
    def made() -> Rulebook:
        changed = replace(value, value=near)
        return replace(rulebook, parameters=tuple(changed if each is value else each for each in rulebook.parameters))

    return made


def _fact(rulebook: Rulebook, fact: Fact, lines: _Lines) -> Iterator[Mutant]:
    """Yield the vocabulary with what makes one fact true, or too old to count, moved."""
    span = _line_of(f"  {fact.name}:", _line_of(f"{fact.zone}:", start_of(VOCABULARY_PATH), lines), lines)
    changes: list[tuple[str, Fact]] = []
    computed, stale = fact.computed, fact.stale_after
    if computed is not None:
        changes += [
            (f"`{computed.threshold}` becomes `{near}`", replace(fact, computed=replace(computed, threshold=near)))
            for near in neighbours(computed.threshold)
        ]
    if stale is not None:
        changes += [
            (f"`{shown(stale)}` becomes `{shown(late)}`", replace(fact, stale_after=late))
            for late in (stale - SECOND, stale + SECOND)
        ]
    for change, changed in changes:
        made = _with_fact(rulebook, changed)
        paths = {fact.path, fact.path if fact.computed is None else fact.computed.over}
        yield Mutant(Kind.READING, f"the fact `{fact.path}`", change, span, made, _AT_THE_LIMIT, facts=frozenset(paths))


def _with_fact(rulebook: Rulebook, changed: Fact) -> Callable[[], Rulebook]:
    def made() -> Rulebook:
        facts = {**rulebook.vocabulary.facts, changed.path: changed}
        return replace(rulebook, vocabulary=replace(rulebook.vocabulary, facts=facts))

    return made


def _line_of(words: str, after: Span, lines: _Lines, *, below: bool = False) -> Span:
    """Return the first line from `after` on (`below`: from the next) in which `words` stand; `after` if none is."""
    first = after.line + 1 if below else after.line
    for number, line in enumerate(lines.get(after.path, ())[first - 1 :], first):
        start = line.find(words) if words else -1
        if start >= 0:
            return Span(after.path, number, start + 1, number, start + 1 + len(words))
    return after
