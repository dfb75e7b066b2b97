"""Write a folded condition as Python for the common case: every fact that it touches is known.

`UNKNOWN` refuses to be compared, hashed or tested, so plain two-valued code raises `TypeError` as soon as it touches an
unknown fact; the two bounds of `engine.generator` answer then. Short-circuiting agrees with Kleene's tables: what a
false conjunction does not touch does not matter.

Invariant: where the code returns, it returns the value; it never returns for an unknown one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from compliance.engine import operations
from compliance.engine.facts import attribute
from compliance.language.expression import (
    And,
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Const,
    FactRef,
    In,
    Member,
    Not,
    Or,
    Quantifier,
    Variable,
    Within,
)
from compliance.vocabulary.types import DateType, DurationType, IntType, MoneyType, RecordType, TimestampType

if TYPE_CHECKING:
    from compliance.engine.generator import Names
    from compliance.engine.ruleset import Ruleset
    from compliance.language.expression import Expression

_PLAIN_TEXT: Final = re.compile(r"(?:(?!F_)[A-Za-z0-9_ .-])*").fullmatch
"""Any other text has a name in generated code, which would take `F_a` for a fact and `{}` for a place to fill."""
_OPPOSITE: Final = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class NotPlain(Exception):  # noqa: N818 - what the condition is
    """The condition has a part for which plain code could return although its value is unknown."""


def too_coarse() -> NoReturn:
    """Refuse as an unknown fact does: the territory is known, but too coarsely."""
    raise TypeError


class PlainWriter:
    """Writes conditions for one ruleset; constants go into `names`."""

    def __init__(self, ruleset: Ruleset, names: Names) -> None:
        """Take the ruleset that conditions were folded for."""
        self.ruleset = ruleset
        self.names = names

    def condition(self, node: Expression, *, no: bool = False) -> str:
        """Return Python for `node` (with `no`: for not `node`).

        Raises:
            NotPlain: if only two bounds can say it.
        """
        match node:
            case Const(value, _):
                return str((value is True) is not no)
            case Not(term):
                return self.condition(term, no=not no)
            case And(terms) | Or(terms):
                word = " and " if isinstance(node, And) is not no else " or "
                return "(" + word.join(self.condition(term, no=no) for term in terms) + ")"
            case FactRef() | Member():
                return f"not {self.value(node)}" if no else self.value(node)
            case Within(territory, str(place)):
                return self._within(self.value(territory), place, no=no)
            case Quantifier("exists" | "all"):
                return self._quantified(node, no=no)
            case Conditional(condition, then, otherwise, _):
                chosen = self.condition(condition)
                return f"({self.condition(then, no=no)} if {chosen} else {self.condition(otherwise, no=no)})"
            case Comparison(symbol, left, right) if not isinstance(getattr(left, "type", None), MoneyType | RecordType):
                return f"({self.value(left)} {_OPPOSITE[symbol] if no else symbol} {self.value(right)})"
            case In(item, collection):
                return f"({self.value(item)} {'not in' if no else 'in'} {self._collection(collection)})"
            case _:
                raise NotPlain

    def value(self, node: Expression) -> str:
        """Return Python for the value of `node`; it raises where a fact in it is unknown and is used."""
        match node:
            case Const(value, type_):
                literal = isinstance(value, int) or (isinstance(value, str) and _PLAIN_TEXT(value) is not None)
                return repr(value) if literal else self.names.of(value, (str(type_), repr(value)))
            case FactRef(path, _) if not self._optional(path):
                return f"F_{attribute(path)}"
            case Variable(name, _):
                return f"v_{name}"
            case Member(record, field, _) if not self._optional_field(record, field):
                return f"{self.value(record)}[{field!r}]"
            case Arithmetic("-", left, right, DurationType()) if _is_time(left) and _is_time(right):
                return f"({self.value(left)} - {self.value(right)})"
            case Arithmetic(symbol, left, right, IntType()) if symbol in "+-*":
                fits = self.names.of(operations.within_64_bits, "fits")
                return f"{fits}({self.value(left)} {symbol} {self.value(right)})"
            case Call("size", (argument,), _):
                return f"len({self.value(argument)})"
            case _:
                raise NotPlain

    def _optional(self, path: str) -> bool:
        fact = self.ruleset.vocabulary.facts.get(path)
        return fact is not None and fact.optional

    def _optional_field(self, record: Expression, field: str) -> bool:
        type_ = getattr(record, "type", None)
        fields = self.ruleset.vocabulary.records.get(type_.name, {}) if isinstance(type_, RecordType) else {}
        return field not in fields or fields[field].optional

    def _within(self, code: str, place: str, *, no: bool) -> str:
        inside, coarse = self.ruleset.places.inside(place), self.ruleset.places.coarse(place)
        certain = self.names.of(inside, (place, "inside"))
        if not coarse:
            return f"({code} {'not in' if no else 'in'} {certain})"
        refuse = self.names.of(too_coarse, "too coarse")
        test = f"({code} in {certain} or ({code} in {self.names.of(coarse, (place, 'coarse'))} and {refuse}()))"
        return f"(not {test})" if no else test

    def _quantified(self, node: Quantifier, *, no: bool) -> str:
        elements = self.value(node.range)
        body = node.body
        if isinstance(body, Within) and body.territory == node.variable and isinstance(body.place, str):
            inside, coarse = self.ruleset.places.inside(body.place), self.ruleset.places.coarse(body.place)
            certain = self.names.of(inside, (body.place, "inside"))
            if not coarse and isinstance(node.range, FactRef):
                test = (
                    f"{certain}.isdisjoint({elements})"
                    if node.kind == "exists"
                    else f"{certain}.issuperset({elements})"
                )
                return f"(not {test})" if (node.kind == "exists") is not no else test
        exists = (node.kind == "exists") is not no
        return f"{'any' if exists else 'all'}({self.condition(body, no=no)} for v_{node.variable.name} in {elements})"

    def _collection(self, node: Expression) -> str:
        if isinstance(node, Const) and isinstance(node.value, tuple):
            return self.names.of(frozenset(node.value), ("in", repr(node.value)))
        return self.value(node)


def _is_time(node: Expression) -> bool:
    return isinstance(getattr(node, "type", None), TimestampType | DateType)
