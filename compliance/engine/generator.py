"""Write a folded condition as Python: once as "may be true", once as "must be true".

With unknown facts a condition has two bounds. `may` holds where the value is true or unknown, `must` where it is true;
both are two-valued, so the generated code needs no third value and costs what a hand-written test costs.
*Not* swaps the bounds, *and* and *or* keep them: strong Kleene logic, one bound at a time.

Reference: the upper and lower bound of a Kleene formula; docs/decisions/0004.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from compliance.engine import operations
from compliance.engine.evaluator import Setting
from compliance.engine.facts import attribute
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
    ListOf,
    Member,
    Negative,
    Not,
    Or,
    ParameterRef,
    Quantifier,
    Variable,
    Within,
    children,
    has_free_variable,
    walk,
)
from compliance.vocabulary.facts import FX
from compliance.vocabulary.types import BoolType, DecimalType, DurationType, IntType, MoneyType, TimestampType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance.engine.facts import Facts
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression

MAY: Final = "may"
MUST: Final = "must"
_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class Unsettled(Exception):  # noqa: N818 - what the compiled function met
    """The compiled function met a failure: only the evaluator says what it means."""


@dataclass(slots=True)
class Names:
    """The objects that generated code refers to: name -> object, each object once."""

    held: dict[str, Any] = field(default_factory=lambda: {"U": UNKNOWN})
    _by_identity: dict[tuple[str, object], str] = field(default_factory=dict)

    def of(self, thing: Any, key: object) -> str:
        """Return the name of `thing`; equal keys of one kind share a name."""
        marker = (type(thing).__name__, key)
        name = self._by_identity.get(marker)
        if name is None:
            name = self._by_identity[marker] = f"K{len(self._by_identity)}"
            self.held[name] = thing
        return name


@dataclass(frozen=True, slots=True)
class Part:
    """A value as Python: `code` is right wherever none of `tests` (each "this is unknown") holds."""

    code: str
    tests: tuple[str, ...] = ()


class Generator:
    """Writes conditions for one ruleset and kind of subject."""

    def __init__(self, ruleset: Ruleset, kind: str, names: Names) -> None:
        """Take the ruleset and kind that conditions were folded for; `names` gathers constants."""
        self.ruleset = ruleset
        self.kind = kind
        self.names = names
        self._temporaries = 0

    def bound(self, node: Expression, bound: str, *, no: bool = False) -> str:
        """Return Python that holds where `node` (with `no`: not `node`) may, or must, be true."""
        match node:
            case Const(value, _):
                return str((value is True) is not no)
            case Not(term):
                return self.bound(term, bound, no=not no)
            case And(terms) | Or(terms):
                word = " and " if isinstance(node, And) is not no else " or "
                return "(" + word.join(self.bound(term, bound, no=no) for term in terms) + ")"
            case FactRef() | Member() if isinstance(node.type, BoolType):
                return self._flag(node, bound, no=no)
            case Has(target):
                return self._presence(target, bound, no=no)
            case Within(territory, str(place)):
                return self._within(territory, place, bound, no=no)
            case Quantifier("exists" | "all"):
                return self._quantified(node, bound, no=no)
            case Conditional(condition, then, otherwise, _):
                return self._chosen(condition, then, otherwise, bound, no=no)
            case Comparison(symbol, left, right):
                return self._compared(symbol, left, right, bound, no=no)
            case In(item, collection):
                word = "not in" if no else "in"
                parts = self.value(item), self._collection(collection)
                return _bounded(f"{parts[0].code} {word} {parts[1].code}", parts, bound)
            case Call(_, _, BoolType()):
                part = self.value(node)
                return _bounded(f"not {part.code}" if no else part.code, (part,), bound)
            case _:
                return self._evaluated_condition(node, bound, no=no)

    def value(self, node: Expression) -> Part:
        """Return the value of `node` as Python."""
        match node:
            case Const(value, type_):
                return Part(self.names.of(value, (str(type_), repr(value))))
            case FactRef(path, _):
                name = f"F_{attribute(path)}"
                return Part(name, (f"{name} is U",))
            case Variable(name, _):
                return Part(f"v_{name}")
            case Member(record, name, _):
                inner = self.value(record)
                code = f"{inner.code}[{name!r}]"
                return Part(code, (*inner.tests, f"{code} is U"))
            case Arithmetic(symbol, left, right, type_):
                return self._calculated(symbol, self.value(left), self.value(right), node, type_)
            case Call(function, arguments, _):
                parts = [self.value(part) for part in arguments]
                called = self.names.of(operations.FUNCTIONS[function], function)
                return Part(f"{called}({', '.join(part.code for part in parts)})", _tests(*parts))
            case Converted(amount, currency, _):
                part = self.value(amount)
                name = self._temporary()
                rates = self.value(FactRef(FX, node.type)).code
                convert = self.names.of(operations.convert, "convert")
                return Part(name, (*part.tests, f"({name} := {convert}({part.code}, {currency!r}, {rates})) is U"))
            case _:
                return self._evaluated_value(node)

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"w{self._temporaries}"

    def _flag(self, node: FactRef | Member, bound: str, *, no: bool) -> str:
        part = self.value(node)
        if isinstance(node, FactRef):
            wanted = "False" if no else "True"
            return f"{part.code} is {wanted}" if bound == MUST else f"{part.code} is not {'True' if no else 'False'}"
        return _bounded(f"{part.code} is {'False' if no else 'True'}", (part,), bound)

    def _presence(self, target: FactRef | Member, bound: str, *, no: bool) -> str:
        if isinstance(target, FactRef):
            name = self.value(target).code
            if no:
                return f"{name} is None" if bound == MUST else f"({name} is None or {name} is U)"
            return f"({name} is not None and {name} is not U)" if bound == MUST else f"{name} is not None"
        part = self.value(target)
        return _bounded(f"{part.code} is {'' if no else 'not '}None", (part,), bound)

    def _within(self, territory: Expression, place: str, bound: str, *, no: bool) -> str:
        part = self.value(territory)
        certain = self.ruleset.places.inside(place)
        possible = certain | self.ruleset.places.coarse(place)
        codes = certain if (bound == MUST) is not no else possible
        name = self.names.of(codes, (place, codes is certain or codes == certain))
        return _bounded(f"{part.code} {'not in' if no else 'in'} {name}", (part,), bound)

    def _quantified(self, node: Quantifier, bound: str, *, no: bool) -> str:
        part = self.value(node.range)
        exists = (node.kind == "exists") is not no
        quick = self._all_within(node, part, bound, no=no)
        if quick is None:
            body = self.bound(node.body, bound, no=no)
            quick = f"{'any' if exists else 'all'}({body} for v_{node.variable.name} in {part.code})"
        return _bounded(quick, (part,), bound)

    def _all_within(self, node: Quantifier, part: Part, bound: str, *, no: bool) -> str | None:
        """Return set operations for `exists` or `all` of `x.within(place)` over a set fact, else `None`."""
        body = node.body
        if not (isinstance(body, Within) and body.territory == node.variable and isinstance(body.place, str)):
            return None
        if not isinstance(node.range, FactRef):
            return None
        certain = self.ruleset.places.inside(body.place)
        codes = certain if (bound == MUST) is not no else certain | self.ruleset.places.coarse(body.place)
        name = self.names.of(codes, (body.place, codes == certain))
        if node.kind == "exists":
            return f"{name}.isdisjoint({part.code})" if no else f"not {name}.isdisjoint({part.code})"
        return f"not {name}.issuperset({part.code})" if no else f"{name}.issuperset({part.code})"

    def _chosen(self, condition: Expression, then: Expression, otherwise: Expression, bound: str, *, no: bool) -> str:
        if bound == MAY:
            return f"not {self._chosen(condition, then, otherwise, MUST, no=not no)}"
        yes, other = self.bound(condition, MUST), self.bound(condition, MUST, no=True)
        first, second = self.bound(then, MUST, no=no), self.bound(otherwise, MUST, no=no)
        # One arm once only: `? :` after `? :` would double with each.
        return f"(({yes} and {first}) or (({other} or {first}) and {second}))"

    def _compared(self, symbol: str, left: Expression, right: Expression, bound: str, *, no: bool) -> str:
        parts = self.value(left), self.value(right)
        type_ = getattr(left, "type", None) or getattr(right, "type", None)
        if isinstance(type_, MoneyType):
            compare = self.names.of(operations.compare, "compare")
            test = f"{compare}({symbol!r}, {parts[0].code}, {parts[1].code})"
            return _bounded(f"not {test}" if no else test, parts, bound)
        word = _OPPOSITE[symbol] if no else symbol
        return _bounded(f"{parts[0].code} {word} {parts[1].code}", parts, bound)

    def _collection(self, node: Expression) -> Part:
        if isinstance(node, Const) and isinstance(node.value, tuple):
            return Part(self.names.of(frozenset(node.value), ("in", repr(node.value))))
        return self.value(node)

    def _calculated(self, symbol: str, left: Part, right: Part, node: Arithmetic, type_: object) -> Part:
        tests = _tests(left, right)
        if isinstance(type_, IntType) and symbol in "+-*":
            code = f"({left.code} {symbol} {right.code})"
            if not fits_64_bits(node):
                code = f"{self.names.of(operations.within_64_bits, 'fits')}{code}"
            return Part(code, tests)
        if isinstance(type_, IntType | DecimalType):
            called = self.names.of(operations.arithmetic, "arithmetic")
            return Part(f"{called}({symbol!r}, {left.code}, {right.code})", tests)
        return Part(f"({left.code} {symbol} {right.code})", tests)

    def _evaluated_value(self, node: Expression) -> Part:
        name = self._temporary()
        return Part(name, (f"({name} := {self._evaluation(node)}(f)) is U",))

    def _evaluated_condition(self, node: Expression, bound: str, *, no: bool) -> str:
        call = f"{self._evaluation(node)}(f)"
        return (
            f"{call} is {'False' if no else 'True'}" if bound == MUST else f"{call} is not {'True' if no else 'False'}"
        )

    def _evaluation(self, node: Expression) -> str:
        """Return the name of a function that asks the evaluator; a failure in it leaves the compiled code."""
        if has_free_variable(node):
            raise Unsettled
        return self.names.of(_asking(self.ruleset, self.kind, node), ("ask", repr(node)))


def _asking(ruleset: Ruleset, kind: str, node: Expression) -> Callable[[Facts], object]:
    def ask(facts: Facts) -> object:
        setting = Setting(ruleset, facts, kind)
        value = setting.value(node, {})
        if setting.failures and value is UNKNOWN:
            raise Unsettled
        return value

    return ask


def _tests(*parts: Part) -> tuple[str, ...]:
    return tuple(dict.fromkeys(test for part in parts for test in part.tests))


def _bounded(test: str, parts: tuple[Part, ...], bound: str) -> str:
    unknown = _tests(*parts)
    if not unknown:
        return f"({test})"
    if bound == MAY:
        return f"({' or '.join((*unknown, test))})"
    known = [one.removesuffix(" is U") + " is not U" for one in unknown]
    return f"({' and '.join((*known, test))})"


def failing(node: Expression) -> str:
    """Return Python that holds wherever some part of a folded condition may have failed: `False` if none ever does.

    A part fails on values: where a fact that it needs is unknown it is unknown, and the error, if any, is that of a
    part of it.
    """
    tests = dict.fromkeys(_known(part) for part in walk(node) if _may_fail(part))
    return "True" if "True" in tests else " or ".join(tests) or "False"


def _known(node: Expression) -> str:
    """Return Python that holds where every fact that a part needs is known."""
    paths = [*_needed(node), *([FX] if isinstance(node, Converted) else [])]
    return " and ".join(f"F_{attribute(path)} is not U" for path in dict.fromkeys(paths)) or "True"


def _needed(node: Expression) -> Iterator[str]:
    """Yield facts without any of which a part is unknown.

    Not among them are those of a part that may be left out: an arm, a term, what is asked of elements of an empty list,
    rates for money that is in the currency already.
    """
    match node:
        case FactRef(path, _):
            yield path
        case Conditional() | And() | Or():
            return
        case Quantifier() | Collect() | Fold():
            yield from _needed(node.range)
        case In(item, ListOf()):
            yield from _needed(item)
        case _:
            for part in children(node):
                yield from _needed(part)


def _may_fail(node: Expression) -> bool:
    match node:
        case Arithmetic(symbol, _, _, IntType()):
            return symbol in "/%" or not fits_64_bits(node)
        case Arithmetic("-", left, _, DurationType()):
            return not isinstance(getattr(left, "type", None), TimestampType)
        case Arithmetic() | Negative() | Converted() | Fold() | DefinitionRef() | ParameterRef():
            return True
        case Comparison(_, left, right):
            types = [getattr(side, "type", None) for side in (left, right)]
            money = [type_ for type_ in types if isinstance(type_, MoneyType)]
            # Amounts in one currency can be compared.
            return bool(money) and (money[0].currency is None or any(type_ != money[0] for type_ in types))
        case _:
            return False


def fits_64_bits(node: Expression) -> bool:
    """Say whether an integer expression cannot leave 64 bits, by the ranges of the facts in it."""
    span = _range(node)
    return span is not None and span[0] >= -(2**63) and span[1] < 2**63


def _range(node: Expression) -> tuple[int, int] | None:
    match node:
        case Const(int(value), _):
            return value, value
        case FactRef(_, IntType(minimum, maximum)) | Member(_, _, IntType(minimum, maximum)):
            return minimum, maximum
        case Arithmetic(symbol, left, right, _) if symbol in "+-*":
            first, second = _range(left), _range(right)
            if first is None or second is None:
                return None
            corners = [_PLAIN[symbol](one, other) for one in first for other in second]
            return min(corners), max(corners)
        case _:
            return None


_PLAIN: Final = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}
