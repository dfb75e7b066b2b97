"""What is certain at a point of a condition, from what stands to its left.

In Kleene logic the right side of `a && b` matters only while `a` is not false, that of `a || b` only while `a` is not
true. So to the right of `has(f) &&` and of `!has(f) ||` the fact `f` is not absent, and to the right of
`subject.type == "trust" &&` the subject is a trust. Nothing else is concluded: a definition is not looked into.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compliance.language.expression import (
    And,
    Comparison,
    Const,
    Expression,
    FactRef,
    Has,
    In,
    Leaf,
    Member,
    Not,
    Or,
    Variable,
)
from compliance.language.scope import SUBJECT_TYPE


@dataclass(frozen=True, slots=True)
class Certain:
    """What is certain: facts that are not absent, and the kinds that the subject can still be of."""

    present: frozenset[str]
    kinds: frozenset[str]
    lenient: bool = False
    """Something to the left is broken, so nobody knows what it would have made certain."""

    def and_also(self, other: Certain) -> Certain:
        """Return what is certain when both hold."""
        lenient = self.lenient or other.lenient
        return Certain(self.present | other.present, self.kinds & other.kinds, lenient)

    def or_else(self, other: Certain) -> Certain:
        """Return what is certain when one of the two holds, and nobody knows which."""
        return Certain(self.present & other.present, self.kinds | other.kinds, self.lenient or other.lenient)

    def forgiving(self) -> Certain:
        """Return the same behind something broken."""
        return replace(self, lenient=True)


def key(expression: Expression) -> str | None:
    """Return the name under which a fact or field is known to be present, or `None` if it can have none."""
    match expression:
        case FactRef(path=path):
            return path
        case Variable(name=name):
            return name
        case Member(record=record, field=field):
            owner = key(record)
            return None if owner is None else f"{owner}.{field}"
        case _:
            return None


def unless_false(expression: Expression, kinds: frozenset[str]) -> Certain:
    """Return what is certain where `expression` is not false; `kinds` are all kinds there are."""
    return _certain(expression, kinds, wanted=True)


def unless_true(expression: Expression, kinds: frozenset[str]) -> Certain:
    """Return what is certain where `expression` is not true; `kinds` are all kinds there are."""
    return _certain(expression, kinds, wanted=False)


def _certain(expression: Expression, kinds: frozenset[str], *, wanted: bool) -> Certain:
    match expression:
        case Leaf(term=term):
            return _certain(term, kinds, wanted=wanted)
        case Not(term=term):
            return _certain(term, kinds, wanted=not wanted)
        case Has(target=target):
            name = key(target)
            return Certain(frozenset({name}) if wanted and name is not None else frozenset(), kinds)
        case And(terms=terms) | Or(terms=terms):
            parts = [_certain(term, kinds, wanted=wanted) for term in terms]
            together = isinstance(expression, And) is wanted
            found = parts[0]
            for part in parts[1:]:
                found = found.and_also(part) if together else found.or_else(part)
            return found
        case Comparison(operator="!=", left=left, right=right):
            return _certain(Comparison("==", left, right), kinds, wanted=not wanted)
        case _:
            named = kinds_named(expression)
            if named is None:
                return Certain(frozenset(), kinds)
            return Certain(frozenset(), kinds & named if wanted else kinds - named)


def kinds_named(expression: Expression) -> frozenset[str] | None:
    """Return the kinds for which a comparison of `subject.type` is true, or `None` if it is no such comparison."""
    match expression:
        case (
            Comparison(operator="==", left=FactRef(path=path), right=Const(value=str(kind)))
            | Comparison(operator="==", left=Const(value=str(kind)), right=FactRef(path=path))
        ) if path == SUBJECT_TYPE:
            return frozenset({kind})
        case In(item=FactRef(path=path), collection=Const(value=tuple(words))) if path == SUBJECT_TYPE:
            return frozenset(word for word in words if isinstance(word, str))
        case _:
            return None
