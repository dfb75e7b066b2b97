"""What a condition means: the definition that compiler, solver and SQL translator are held to.

Small, slow and readable on purpose: no cache, no shortcut that changes nothing but speed.

Reference: DESIGN section 5; strong Kleene logic (`vocabulary.unknown`); CEL's absorption of errors by `&&` and `||`,
of which unknown is the only kind here: a failure is noted and counts as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance.engine import operations
from compliance.engine.operations import Failure
from compliance.language.expression import (
    And,
    Arithmetic,
    Call,
    Collect,
    Comparison,
    Conditional,
    Const,
    Converted,
    DefinitionRef,
    FactRef,
    Fold,
    Has,
    In,
    Leaf,
    ListOf,
    Member,
    Negative,
    Not,
    Or,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
)
from compliance.vocabulary.facts import FX
from compliance.vocabulary.unknown import UNKNOWN, Truth, conjunction, disjunction, negation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.engine.facts import Facts
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.language.rulebook import HomeScope


def covers(ruleset: Ruleset, scope: HomeScope | None, home: object) -> Truth:
    """Say whether a rule with `scope` is about a subject at home in `home` (a code, or `UNKNOWN`)."""
    if scope is None:
        return True
    if not isinstance(home, str):
        return UNKNOWN
    inside = True if scope.within is None else ruleset.places.within(home, scope.within)
    excepted = disjunction(ruleset.places.within(home, place) for place in scope.excepting)
    elsewhere = disjunction(covers(ruleset, other, home) for other in scope.outside)
    return conjunction((inside, negation(excepted), negation(elsewhere)))


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a condition is evaluated: the ruleset, the facts, the kind of subject, and the failures met on the way."""

    ruleset: Ruleset
    facts: Facts
    kind: str
    failures: list[str] = field(default_factory=list)

    def truth(self, condition: Expression | None) -> Truth:
        """Return the value of a condition; none is true."""
        if condition is None:
            return True
        value = self.value(condition, {})
        return UNKNOWN if value is UNKNOWN else value is True

    def value(self, node: Expression, variables: Mapping[str, object]) -> object:
        """Return the value of `node`, or `UNKNOWN`; a failure that leaves it unknown is noted in `failures`.

        A failure that made no difference, such as one beside a false term of an *and*, is none.
        """
        noted = len(self.failures)
        found = self._value(node, variables)
        if found is not UNKNOWN:
            del self.failures[noted:]
        return found

    def _value(self, node: Expression, variables: Mapping[str, object]) -> object:
        match node:
            case Const(value, _):
                return value
            case FactRef(path, _):
                return self._present(self.facts[path], path)
            case Variable(name, _):
                return variables[name]
            case Leaf(term, _, _):
                return self.value(term, variables)
            case Not(term):
                return negation(self._truth(term, variables))
            case And(terms):
                return conjunction(self._truth(term, variables) for term in terms)
            case Or(terms):
                return disjunction(self._truth(term, variables) for term in terms)
            case Conditional(condition, then, otherwise, _):
                return self._conditional(condition, then, otherwise, variables)
            case Has(target):
                return self._has(target, variables)
            case Member(record, name, _):
                found = self.value(record, variables)
                return UNKNOWN if found is UNKNOWN else self._present(found[name], name)  # type: ignore[index]
            case DefinitionRef():
                return self._attempt(lambda: self.value(self.ruleset.definition(node, self.kind), {}))
            case ParameterRef():
                return self._attempt(lambda: self.ruleset.parameter(node).value)
            case In(item, ListOf(items, _)):
                return disjunction(self._equal(item, other, variables) for other in items)
            case Quantifier(kind, _, _, _):
                return self._quantified(kind, node, variables)
            case Converted(amount, currency, _):
                return self._known(
                    lambda money: operations.convert(money, currency, self.facts[FX]), (amount,), variables
                )
            case Comparison(symbol, left, right):
                return self._known(lambda a, b: operations.compare(symbol, a, b), (left, right), variables)
            case Arithmetic(symbol, left, right, _):
                return self._known(lambda a, b: operations.arithmetic(symbol, a, b), (left, right), variables)
            case Negative(term, _):
                return self._known(operations.negative, (term,), variables)
            case In(item, collection):
                return self._known(lambda a, b: a in b, (item, collection), variables)
            case Within(territory, str(place)):
                return self._known(lambda code: self.ruleset.places.within(code, place), (territory,), variables)
            case Within(territory, place) if not isinstance(place, str):
                return self._known(self.ruleset.places.within, (territory, place), variables)
            case Call(function, arguments, _):
                return self._known(lambda *given: operations.call(function, given), arguments, variables)
            case ListOf(items, _):
                return self._known(lambda *given: given, items, variables)
            case Collect() | Fold():
                return self._gathered(node, variables)
            case _:
                msg = f"no meaning for {type(node).__name__}"
                raise TypeError(msg)

    def _truth(self, node: Expression, variables: Mapping[str, object]) -> Truth:
        value = self.value(node, variables)
        return UNKNOWN if value is UNKNOWN else value is True

    def _present(self, value: object, name: str) -> object:
        if value is None:
            return self._fail(f"`{name}` is absent and was used without `has`")
        return value

    def _fail(self, message: str) -> object:
        self.failures.append(message)
        return UNKNOWN

    def _attempt(self, action: object) -> object:
        try:
            return action()  # type: ignore[operator]
        except Failure as failure:
            return self._fail(str(failure))

    def _known(self, function: object, parts: tuple[Expression, ...], variables: Mapping[str, object]) -> object:
        """Apply `function` to the parts' values: unknown if one of them is."""
        values = [self.value(part, variables) for part in parts]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        return self._attempt(lambda: function(*values))  # type: ignore[operator]

    def _equal(self, left: Expression, right: Expression, variables: Mapping[str, object]) -> Truth:
        return self._truth(Comparison("==", left, right), variables)

    def _conditional(
        self, condition: Expression, then: Expression, otherwise: Expression, variables: Mapping[str, object]
    ) -> object:
        chosen = self._truth(condition, variables)
        if chosen is not UNKNOWN:
            return self.value(then if chosen is True else otherwise, variables)
        first, second = self.value(then, variables), self.value(otherwise, variables)
        agree = first is not UNKNOWN and second is not UNKNOWN and first == second
        return first if agree else UNKNOWN

    def _has(self, target: FactRef | Member, variables: Mapping[str, object]) -> Truth:
        if isinstance(target, FactRef):
            found: object = self.facts[target.path]
        else:
            record = self.value(target.record, variables)
            found = UNKNOWN if record is UNKNOWN else record[target.field]  # type: ignore[index]
        return UNKNOWN if found is UNKNOWN else found is not None

    def _elements(
        self, node: Quantifier | Collect | Fold, variables: Mapping[str, object]
    ) -> Iterator[tuple[object, object]] | None:
        """Yield each element with the body's value for it; `None` if the range is unknown."""
        elements = self.value(node.range, variables)
        if elements is UNKNOWN:
            return None
        ordered = sorted(elements, key=str) if isinstance(elements, frozenset) else elements
        return ((item, self.value(node.body, {**variables, node.variable.name: item})) for item in ordered)  # type: ignore[attr-defined]

    def _quantified(self, kind: str, node: Quantifier, variables: Mapping[str, object]) -> Truth:
        pairs = self._elements(node, variables)
        if pairs is None:
            return UNKNOWN
        values: list[Truth] = [UNKNOWN if value is UNKNOWN else value is True for _, value in pairs]
        if kind == "exists_one":
            return operations.exactly_one(values)
        return disjunction(values) if kind == "exists" else conjunction(values)

    def _gathered(self, node: Collect | Fold, variables: Mapping[str, object]) -> object:
        pairs = self._elements(node, variables)
        found = None if pairs is None else list(pairs)
        if found is None or any(value is UNKNOWN for _, value in found):
            return UNKNOWN
        if isinstance(node, Fold):
            zero = operations.zero_of(node.type)
            return self._attempt(lambda: operations.fold(node.kind, [value for _, value in found], zero))
        return tuple(
            item if node.kind == "filter" else value for item, value in found if node.kind == "map" or value is True
        )
