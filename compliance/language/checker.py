"""Turn a surface tree into a checked expression, or into diagnostics that say everything that is wrong with it.

Invariant: what comes out satisfies `language.expression`: names exist, types fit, absent facts are guarded, variables
have names of their own, and each term that an officer wrote is a `Leaf` with his words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from compliance.language.calls import FUNCTIONS, METHODS, Calls
from compliance.language.expression import (
    And,
    CollectKind,
    ComparisonOperator,
    Conditional,
    Const,
    DefinitionRef,
    Expression,
    FactRef,
    Fold,
    FoldKind,
    Has,
    Leaf,
    Member,
    Not,
    Or,
    Quantifier,
    QuantifierKind,
    Variable,
)
from compliance.language.expression import Collect as Collected
from compliance.language.findings import Checked, Findings, shown
from compliance.language.guards import Certain, unless_false, unless_true
from compliance.language.naming import Naming
from compliance.language.operators import Operators
from compliance.language.scope import ZONES, Scope
from compliance.language.signatures import ORDERED, SUMMABLE, alike, called, element_of, type_of
from compliance.language.syntax import (
    COMPREHENSIONS,
    Binary,
    BoolLiteral,
    Broken,
    Call,
    DecimalLiteral,
    Group,
    IntLiteral,
    Join,
    Labelled,
    ListLiteral,
    Method,
    Name,
    Node,
    Select,
    Ternary,
    TextLiteral,
    Unary,
    dotted,
)
from compliance.language.unparser import unparse
from compliance.vocabulary.types import BOOL, DECIMAL, INT, STRING, BoolType, FactType, ListType, MoneyType


class Checker:
    """Checks one condition against a scope; `findings` collects what is wrong."""

    def __init__(self, scope: Scope) -> None:
        """Take what names can mean."""
        self.scope = scope
        self.findings = Findings()
        self.naming = Naming(scope, self.findings)
        self.operators = Operators(self.findings)
        self.calls = Calls(scope, self.findings, self.operators)
        self.kinds = frozenset(scope.vocabulary.kinds)
        self.variables: dict[str, Variable] = {}
        self.taken: set[str] = set()

    def condition(self, node: Node) -> Expression | None:
        """Return `node` as an expression of type `bool` with its leaves, or `None` if it is none."""
        return self._truth(node, self._start(), leaves=True)

    def expression(self, node: Node, expected: FactType | None) -> Expression | None:
        """Return `node` as an expression of the expected type, or of any type; `None` if it is none.

        What is of type `bool` has its leaves; a literal fits the expected type where it can.
        """
        is_joined = isinstance(node, Join | Group | Labelled) or (isinstance(node, Unary) and node.operator == "!")
        if is_joined or isinstance(expected, BoolType):
            return self._expected(node, self.condition(node), expected)
        found = self._check(node, self._start())
        if found is not None and isinstance(type_of(found), BoolType):
            found = Leaf(found, unparse(node))
        return self._expected(node, found, expected)

    def _expected(self, node: Node, found: Expression | None, expected: FactType | None) -> Expression | None:
        if found is None or expected is None:
            return found
        fitted = self.operators.fit(Checked(found, node), expected)
        if fitted is None:
            return None
        typed = type_of(fitted.expression)
        wrong_currency = isinstance(typed, MoneyType) and isinstance(expected, MoneyType) and expected.currency
        if alike(typed, expected) and not (wrong_currency and typed != expected):
            return fitted.expression
        message = f"{shown(node)} is {called(typed)}, and {called(expected)} is wanted"
        self.findings.error("type-mismatch", message, node.span)
        return None

    def _start(self) -> Certain:
        return Certain(frozenset(), self.scope.all_kinds())

    # ------------------------------------------------------------------------------------------------ truth values

    def _truth(self, node: Node, certain: Certain, *, leaves: bool = False) -> Expression | None:
        """Return `node` if it is true or false; `leaves` keeps the words of its terms."""
        match node:
            case Join(operator, terms):
                return self._joined(operator, terms, certain, leaves=leaves)
            case Group(kind, items):
                return self._group(node, kind, items, certain, leaves=leaves)
            case Unary("!", term):
                inner = self._truth(term, certain, leaves=leaves)
                return None if inner is None else Not(inner)
            case Labelled(term, says):
                inner = self._truth(term, certain)
                return None if inner is None else Leaf(inner, unparse(term), says) if leaves else inner
            case _:
                found = self._check(node, certain)
                if found is None or not self._is_truth(node, found):
                    return None
                return Leaf(found, unparse(node)) if leaves else found

    def _is_truth(self, node: Node, found: Expression) -> bool:
        typed = type_of(found)
        if isinstance(typed, BoolType):
            return True
        message = f"{shown(node)} is {called(typed)}, not a condition"
        self.findings.error("not-a-condition", message, node.span, help=_cure(node, typed))
        return False

    def _joined(self, operator: str, nodes: Iterable[Node], certain: Certain, *, leaves: bool) -> Expression | None:
        """Return terms joined left to right, each knowing what those before it make certain."""
        is_and = operator == "&&"
        terms: list[Expression] = []
        broken = False
        for node in nodes:
            term = self._truth(node, certain, leaves=leaves)
            if term is None:
                broken = True
                certain = certain.forgiving()
                continue
            follows = unless_false(term, self.kinds) if is_and else unless_true(term, self.kinds)
            certain = certain.and_also(follows)
            terms.extend(term.terms if isinstance(term, And if is_and else Or) else (term,))
        if broken or not terms:
            return None
        if len(terms) == 1:
            return terms[0]
        return And(tuple(terms)) if is_and else Or(tuple(terms))

    def _group(
        self, node: Group, kind: str, items: tuple[Node, ...], certain: Certain, *, leaves: bool
    ) -> Expression | None:
        if not items:
            message = f"`{kind}:` holds no condition"
            self.findings.error("empty-condition", message, node.span, help="name at least one")
            return None
        found = self._joined("&&" if kind == "all" else "||", items, certain, leaves=leaves)
        return found if found is None or kind != "none" else Not(found)

    # ------------------------------------------------------------------------------------------------- expressions

    def _check(self, node: Node, certain: Certain) -> Expression | None:
        """Return `node` as a checked expression, or `None` after a complaint."""
        match node:
            case Broken():
                return None
            case BoolLiteral(value):
                return Const(value, BOOL)
            case IntLiteral(value):
                return Const(value, INT)
            case DecimalLiteral(number):
                return Const(number, DECIMAL)
            case TextLiteral(text):
                return Const(text, STRING)
            case ListLiteral(items, span):
                parts = self._parts(items, certain)
                return None if parts is None else self.operators.list_of(parts, None, span)
            case Name():
                return self.naming.resolve(node, self.variables, certain)
            case Select():
                return self._select(node, certain)
            case Join() | Group() | Labelled() | Unary(operator="!"):
                return self._truth(node, certain)
            case Unary(term=term):
                part = self._part(term, certain)
                return None if part is None else self.operators.negative(part, node)
            case Binary():
                return self._binary(node, certain)
            case Ternary():
                return self._ternary(node, certain)
            case Call():
                return self._call(node, certain)
            case Method():
                return self._method(node, certain)

    def _part(self, node: Node, certain: Certain) -> Checked | None:
        found = self._check(node, certain)
        return None if found is None else Checked(found, node)

    def _parts(self, nodes: Iterable[Node], certain: Certain) -> list[Checked] | None:
        """Return all parts, or `None` if one of them is broken; all of them are looked at."""
        found = [self._part(node, certain) for node in nodes]
        parts = [part for part in found if part is not None]
        return parts if len(parts) == len(found) else None

    def _select(self, node: Select, certain: Certain, *, asked: bool = False) -> Expression | None:
        if dotted(node) is not None:
            return self.naming.resolve(node, self.variables, certain, asked=asked)
        record = self._check(node.target, certain)
        return None if record is None else self.naming.field(record, node, certain, asked=asked)

    def _binary(self, node: Binary, certain: Certain) -> Expression | None:
        operator = node.operator
        if operator == "in" and isinstance(node.right, ListLiteral):
            return self._in_list(node, node.right, certain)
        left, right = self._part(node.left, certain), self._part(node.right, certain)
        if left is None or right is None:
            return None
        if operator == "in":
            return self.operators.contains(left, right, node)
        if operator in {"+", "-", "*", "/", "%"}:
            return self.operators.arithmetic(left, right, node)
        comparison = cast("ComparisonOperator", operator)
        return self.operators.compare(comparison, left, right, node)

    def _in_list(self, node: Binary, literal: ListLiteral, certain: Certain) -> Expression | None:
        item = self._part(node.left, certain)
        parts = self._parts(literal.items, certain)
        if item is None or parts is None:
            return None
        wanted = None if isinstance(item.expression, Const) else type_of(item.expression)
        collection = self.operators.list_of(parts, wanted, literal.span)
        if collection is None:
            return None
        return self.operators.contains(item, Checked(collection, literal), node)

    def _ternary(self, node: Ternary, certain: Certain) -> Expression | None:
        condition = self._truth(node.condition, certain)
        if condition is None:
            yes = no = certain.forgiving()
        else:
            yes = certain.and_also(unless_false(condition, self.kinds))
            no = certain.and_also(unless_true(condition, self.kinds))
        then, otherwise = self._part(node.then, yes), self._part(node.otherwise, no)
        if condition is None or then is None or otherwise is None:
            return None
        fitted = self.operators.unify(then, otherwise)
        if fitted is None:
            return None
        first, second = (type_of(part.expression) for part in fitted)
        if not alike(first, second):
            message = f"one arm is {called(first)}, the other {called(second)}"
            self.findings.error("type-mismatch", message, node.span, help="both arms have one type")
            return None
        typed = MoneyType() if isinstance(first, MoneyType) and first != second else first
        return Conditional(condition, fitted[0].expression, fitted[1].expression, typed)

    # --------------------------------------------------------------------------------------------------- functions

    def _call(self, node: Call, certain: Certain) -> Expression | None:
        if node.function == "has":
            return self._has(node, certain)
        if node.function not in FUNCTIONS:
            self.calls.unknown(node.function, node.name_span, FUNCTIONS, METHODS)
            return None
        arguments = self._parts(node.arguments, certain)
        return None if arguments is None else self.calls.function(node, arguments)

    def _has(self, node: Call, certain: Certain) -> Expression | None:
        if not self.calls.counted(node, node.arguments, 1):
            return None
        argument = node.arguments[0]
        target = self._select(argument, certain, asked=True) if isinstance(argument, Select) else None
        if isinstance(target, FactRef | Member):
            if not self.naming.is_optional(target):
                self.findings.warning(
                    "useless-guard",
                    f"{shown(argument)} is never absent",
                    node.span,
                    label="true or unknown, never false",
                    help="remove it, or declare the fact `optional: true`",
                )
            return Has(target)
        if target is not None or not isinstance(argument, Select):
            message = f"{shown(argument)} is no fact and no field, so it is never absent"
            cure = "remove `has`" if isinstance(target, DefinitionRef) else "write `has(subject.x)`"
            self.findings.error("not-a-fact", message, argument.span, help=cure)
        return None

    def _method(self, node: Method, certain: Certain) -> Expression | None:
        if node.function in COMPREHENSIONS:
            return self._comprehension(node, certain)
        if node.function not in METHODS:
            self._part(node.target, certain.forgiving())
            self.calls.unknown(node.function, node.name_span, METHODS, FUNCTIONS)
            return None
        target = self._part(node.target, certain)
        arguments = self._parts(node.arguments, certain)
        if target is None or arguments is None:
            return None
        return self.calls.method(node, target, arguments)

    def _comprehension(self, node: Method, certain: Certain) -> Expression | None:
        source = self._part(node.target, certain)
        if not self.calls.counted(node, node.arguments, 2):
            return None
        name, body = node.arguments
        if isinstance(name, Broken):
            return None
        if not isinstance(name, Name):
            message = f"{shown(name)} is not a name for the elements"
            cure = f"write `x.{node.function}(e, ...)`"
            self.findings.error("not-a-variable", message, name.span, help=cure)
            return None
        if name.name in self.variables or name.name in ZONES or name.name in self.scope.extra:
            message = f"`{name.name}` already means something here"
            self.findings.error("shadowed-variable", message, name.span, help="choose another name")
            return None
        if source is None:
            return None
        element = element_of(type_of(source.expression))
        if element is None:
            message = f"{source} is {called(type_of(source.expression))}, not a list or set"
            self.findings.error("not-a-collection", message, source.span)
            return None
        variable = Variable(self._fresh(name.name), element)
        self.variables[name.name] = variable
        try:
            return self._body(node, source.expression, variable, body, certain)
        finally:
            del self.variables[name.name]

    def _body(
        self, node: Method, source: Expression, variable: Variable, body: Node, certain: Certain
    ) -> Expression | None:
        kind = node.function
        if kind in {"exists", "all", "exists_one", "filter"}:
            test = self._truth(body, certain)
            if test is None:
                return None
            if kind == "filter":
                return Collected("filter", source, variable, test, ListType(variable.type))
            return Quantifier(cast("QuantifierKind", kind), source, variable, test)
        value = self._part(body, certain)
        if value is None:
            return None
        typed = type_of(value.expression)
        if kind == "map":
            return Collected(cast("CollectKind", kind), source, variable, value.expression, ListType(typed))
        if not isinstance(typed, SUMMABLE if kind == "sum" else ORDERED):
            message = f"`{kind}` is about numbers, and {value} is {called(typed)}"
            self.findings.error("type-mismatch", message, value.span)
            return None
        if isinstance(typed, MoneyType) and typed.currency is None:
            self.operators.without_currency(value)
            return None
        return Fold(cast("FoldKind", kind), source, variable, value.expression, typed)

    def _fresh(self, name: str) -> str:
        """Return a name for a variable that no other in this condition has."""
        fresh, number = name, 1
        while fresh in self.taken:
            number += 1
            fresh = f"{name}_{number}"
        self.taken.add(fresh)
        return fresh


def _cure(node: Node, typed: FactType) -> str:
    """Return what to write where a value stands for a condition, or nothing."""
    name = unparse(node)
    if str(typed) == "territory":
        return f'write `{name}.within("...")`'
    if element_of(typed) is not None:
        return f"write `{name}.exists(e, ...)` or `size({name}) > 0`"
    return f"compare it, for instance `{name} == ...`"
