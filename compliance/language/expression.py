"""Checked conditions: the small typed tree that evaluator, compiler, solver and SQL translator read.

Invariant: the checker made it, so names exist, types fit and absent facts are guarded. Surface sugar is gone:
what an officer wrote is `language.syntax`; `source` on a leaf keeps his words for explanations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance.vocabulary.types import FactType
    from compliance.vocabulary.values import Value


@dataclass(frozen=True, slots=True)
class Const:
    """A literal; a list literal is a tuple."""

    value: Value
    type: FactType


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact of the request, by path."""

    path: str
    type: FactType


@dataclass(frozen=True, slots=True)
class DefinitionRef:
    """A definition, by name and by the jurisdiction whose file gives it (`None` is the whole rulebook)."""

    name: str
    jurisdiction: str | None
    type: FactType


@dataclass(frozen=True, slots=True)
class ParameterRef:
    """A dated parameter, by name and by the jurisdiction whose file gives it."""

    name: str
    jurisdiction: str | None
    type: FactType


@dataclass(frozen=True, slots=True)
class Variable:
    """The variable of a comprehension; names are unique within one condition."""

    name: str
    type: FactType


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a record."""

    record: Expression
    field: str
    type: FactType


@dataclass(frozen=True, slots=True)
class Has:
    """`has(x)`: true for known, false for absent, unknown for unknown."""

    target: FactRef | Member


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene *not*."""

    term: Expression


@dataclass(frozen=True, slots=True)
class And:
    """Kleene *and* of two or more terms (no term is true)."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene *or* of two or more terms (no term is false)."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """`c ? a : b`: with `c` unknown, unknown unless both arms agree."""

    condition: Expression
    then: Expression
    otherwise: Expression
    type: FactType


ComparisonOperator: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticOperator: TypeAlias = Literal["+", "-", "*", "/", "%"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two values of like type (money: of one currency)."""

    operator: ComparisonOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class In:
    """`item in collection`: a list or set."""

    item: Expression
    collection: Expression


@dataclass(frozen=True, slots=True)
class Within:
    """`t.within(place)`: a territory inside a territory or group, at the ruleset's instant."""

    territory: Expression
    place: str | Expression
    """A code or group name, or an expression of type `territory`."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Exact arithmetic. Ints: CEL's truncating `/` and `%`. Decimals, durations, timestamps: no `/`."""

    operator: ArithmeticOperator
    left: Expression
    right: Expression
    type: FactType


@dataclass(frozen=True, slots=True)
class Negative:
    """`-x` of an int, decimal or duration."""

    term: Expression
    type: FactType


@dataclass(frozen=True, slots=True)
class Call:
    """A function of known values: `size`, `startsWith`, `endsWith`, `contains`, `matches`, `decimal`, ...

    Unknown if an argument is unknown.
    """

    function: str
    arguments: tuple[Expression, ...]
    type: FactType


@dataclass(frozen=True, slots=True)
class Converted:
    """`money.to("EUR")` through the one fresh rate in `context.fx`."""

    amount: Expression
    currency: str
    type: FactType


QuantifierKind: TypeAlias = Literal["exists", "all", "exists_one"]
FoldKind: TypeAlias = Literal["sum", "min", "max"]
CollectKind: TypeAlias = Literal["filter", "map"]


@dataclass(frozen=True, slots=True)
class Quantifier:
    """`range.exists(x, body)`, `all`, `exists_one`: Kleene over the elements."""

    kind: QuantifierKind
    range: Expression
    variable: Variable
    body: Expression


@dataclass(frozen=True, slots=True)
class Collect:
    """`range.filter(x, body)` or `range.map(x, body)`: unknown if the body is for some element."""

    kind: CollectKind
    range: Expression
    variable: Variable
    body: Expression
    type: FactType


@dataclass(frozen=True, slots=True)
class Fold:
    """`range.sum(x, body)`, `min`, `max`: exact, unknown if the body is for some element.

    The sum of nothing is zero; `min` and `max` of nothing are errors.
    """

    kind: FoldKind
    range: Expression
    variable: Variable
    body: Expression
    type: FactType


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list literal with parts that are not constant."""

    items: tuple[Expression, ...]
    type: FactType


@dataclass(frozen=True, slots=True)
class Leaf:
    """A term an officer wrote, with his words: what explanations show."""

    term: Expression
    source: str
    says: str | None = None


Expression: TypeAlias = (
    Const
    | FactRef
    | DefinitionRef
    | ParameterRef
    | Variable
    | Member
    | Has
    | Not
    | And
    | Or
    | Conditional
    | Comparison
    | In
    | Within
    | Arithmetic
    | Negative
    | Call
    | Converted
    | Quantifier
    | Collect
    | Fold
    | ListOf
    | Leaf
)


def children(node: Expression) -> tuple[Expression, ...]:
    """Return the direct parts of `node`, left to right."""
    parts = _PARTS.get(type(node))
    return parts(node) if parts is not None else ()


# A look-up by class: all that is done with a rulebook goes through its nodes, and `match` tries class after class.
_PARTS: Final[dict[type, Callable[[Any], tuple[Expression, ...]]]] = {
    Has: lambda node: (node.target,),
    **dict.fromkeys((Not, Negative, Leaf), lambda node: (node.term,)),
    **dict.fromkeys((And, Or), lambda node: node.terms),
    ListOf: lambda node: node.items,
    Call: lambda node: node.arguments,
    Conditional: lambda node: (node.condition, node.then, node.otherwise),
    **dict.fromkeys((Comparison, Arithmetic), lambda node: (node.left, node.right)),
    In: lambda node: (node.item, node.collection),
    Within: lambda node: (node.territory,) if isinstance(node.place, str) else (node.territory, node.place),
    Member: lambda node: (node.record,),
    Converted: lambda node: (node.amount,),
    **dict.fromkeys((Quantifier, Collect, Fold), lambda node: (node.range, node.body)),
}


def walk(node: Expression) -> Iterator[Expression]:
    """Yield `node` and all its parts, parents first, left to right."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting.extend(reversed(children(found)))


def has_free_variable(node: Expression, bound: frozenset[str] = frozenset()) -> bool:
    """Say whether `node` reads the variable of a comprehension around it; those in `bound` are not around it.

    Once definitions are written out, two comprehensions, one inside the other or not, may have variables of one name.
    """
    match node:
        case Variable(name, _):
            return name not in bound
        case Quantifier() | Collect() | Fold():
            inside = bound | {node.variable.name}
            return has_free_variable(node.range, bound) or has_free_variable(node.body, inside)
        case _:
            return any(has_free_variable(part, bound) for part in children(node))
