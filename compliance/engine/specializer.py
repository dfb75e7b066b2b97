"""Fold away what is known before a request comes: definitions, parameters, and the facts that a slice fixes.

`specialize` turns a condition into one that means the same for every request of a slice and mentions only facts that
can still differ. Invariant: it changes no value, known or unknown; it only decides early what is decided already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
    Within,
)
from compliance.vocabulary.types import BOOL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression
    from compliance.vocabulary.values import Value

TRUE: Final = Const(value=True, type=BOOL)
FALSE: Final = Const(value=False, type=BOOL)


def specialize(node: Expression, ruleset: Ruleset, kind: str, known: Mapping[str, Value | None]) -> Expression:
    """Return `node` with everything folded that `ruleset`, the `kind` of subject and `known` facts settle.

    A known fact that is `None` is absent.

    Raises:
        Failure: where a definition or parameter has no value, or a fact that is absent is used, so that only the
            evaluator can say what that means.
    """
    return _Specializer(ruleset, kind, known).of(node)


class _Specializer:
    def __init__(self, ruleset: Ruleset, kind: str, known: Mapping[str, Value | None]) -> None:
        self.ruleset = ruleset
        self.kind = kind
        self.known = known

    def of(self, node: Expression) -> Expression:
        """Return `node` folded."""
        match node:
            case Leaf(term, _, _):
                return self.of(term)
            case DefinitionRef():
                return self.of(self.ruleset.definition(node, self.kind))
            case ParameterRef():
                held = self.ruleset.parameter(node)
                return Const(held.value, held.type)
            case FactRef(path, type_) if path in self.known:
                return Const(self._present(path), type_)
            case Has(FactRef(path, _)) if path in self.known:
                return truth(self.known[path] is not None)
            case Not(term):
                return negated(self.of(term))
            case And(terms):
                return conjoined([self.of(term) for term in terms])
            case Or(terms):
                return negated(conjoined([negated(self.of(term)) for term in terms]))
            case Conditional(condition, then, otherwise, type_):
                chosen = self.of(condition)
                if isinstance(chosen, Const):
                    return self.of(then if chosen.value is True else otherwise)
                return Conditional(chosen, self.of(then), self.of(otherwise), type_)
            case Comparison(symbol, left, right):
                return self._compared(Comparison(symbol, self.of(left), self.of(right)))
            case In(item, ListOf(items, _)):
                return self.of(Or(tuple(Comparison("==", item, other) for other in items)))
            case In(item, collection):
                return self._contained(In(self.of(item), self.of(collection)))
            case Within(territory, place):
                return self._within(self.of(territory), place if isinstance(place, str) else self.of(place))
            case Arithmetic(symbol, left, right, type_):
                return self._calculated(symbol, self.of(left), self.of(right), node)
            case Negative(term, type_):
                return Negative(self.of(term), type_)
            case Call(function, arguments, type_):
                return Call(function, tuple(self.of(part) for part in arguments), type_)
            case Converted(amount, currency, type_):
                return Converted(self.of(amount), currency, type_)
            case ListOf(items, type_):
                return ListOf(tuple(self.of(item) for item in items), type_)
            case Member(record, name, type_):
                return Member(self.of(record), name, type_)
            case Quantifier(quantifier, source, variable, body):
                return Quantifier(quantifier, self.of(source), variable, self.of(body))
            case Collect(collect, source, variable, body, type_):
                return Collect(collect, self.of(source), variable, self.of(body), type_)
            case Fold(fold, source, variable, body, type_):
                return Fold(fold, self.of(source), variable, self.of(body), type_)
            case _:
                return node

    def _present(self, path: str) -> Value:
        value = self.known[path]
        if value is None:
            raise Failure(f"`{path}` is absent")
        return value

    def _compared(self, node: Comparison) -> Expression:
        if isinstance(node.left, Const) and isinstance(node.right, Const):
            return truth(operations.compare(node.operator, node.left.value, node.right.value))
        return node

    def _contained(self, node: In) -> Expression:
        if isinstance(node.item, Const) and isinstance(node.collection, Const):
            return truth(node.item.value in node.collection.value)  # type: ignore[operator]  # checked: a list or set
        return node

    def _within(self, territory: Expression, place: str | Expression) -> Expression:
        if isinstance(place, Const):
            place = str(place.value)
        if isinstance(territory, Const) and isinstance(place, str):
            found = self.ruleset.places.within(str(territory.value), place)
            if isinstance(found, bool):
                return truth(found)
        return Within(territory, place)

    def _calculated(self, symbol: str, left: Expression, right: Expression, node: Arithmetic) -> Expression:
        if isinstance(left, Const) and isinstance(right, Const):
            return Const(operations.arithmetic(symbol, left.value, right.value), node.type)
        return Arithmetic(node.operator, left, right, node.type)


def truth(value: bool) -> Const:
    """Return the constant condition with `value`."""
    return TRUE if value else FALSE


def negated(node: Expression) -> Expression:
    """Return *not* `node`, folded."""
    match node:
        case Const(value, _):
            return truth(value is not True)
        case Not(term):
            return term
        case _:
            return Not(node)


def conjoined(terms: list[Expression]) -> Expression:
    """Return *and* of folded `terms`: constants gone, nested terms flat, repeated terms once."""
    flat: list[Expression] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, And) else (term,))
    kept = [term for term in dict.fromkeys(flat) if term != TRUE]
    if FALSE in kept:
        return FALSE
    return TRUE if not kept else kept[0] if len(kept) == 1 else And(tuple(kept))


__all__ = ["FALSE", "TRUE", "Failure", "conjoined", "negated", "specialize", "truth"]
