"""What an officer wrote: the small tree that the parser makes of CEL text and of `all/any/none` trees.

Invariant: nothing is checked here. Names are words and any operator may stand between any two terms; parentheses are
gone, since the tree itself says what belongs together. Two trees are equal if they say the same, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as _field
from decimal import Decimal
from typing import Literal, TypeAlias

from compliance.language.span import Span


@dataclass(frozen=True, slots=True)
class BoolLiteral:
    """`true` or `false`."""

    value: bool
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class IntLiteral:
    """`12`, `-3`, `0x1F`."""

    value: int
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class DecimalLiteral:
    """`0.5`: exact, and never in binary."""

    value: Decimal
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class TextLiteral:
    """`"text"`, with its escapes resolved."""

    value: str
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    items: tuple[Node, ...]
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A word that stands alone: one of the four zones, a variable, `outcome`."""

    name: str
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Select:
    """`target.field`."""

    target: Node
    field: str
    span: Span = _field(compare=False)
    field_span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`; `has` is one of them."""

    function: str
    arguments: tuple[Node, ...]
    span: Span = _field(compare=False)
    name_span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Method:
    """`target.function(arguments)`; comprehensions are among them."""

    target: Node
    function: str
    arguments: tuple[Node, ...]
    span: Span = _field(compare=False)
    name_span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Unary:
    """`!term` or `-term`; the minus of a number belongs to the number."""

    operator: Literal["!", "-"]
    term: Node
    span: Span = _field(compare=False)


BinaryOperator: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/", "%"]


@dataclass(frozen=True, slots=True)
class Binary:
    """`left operator right`."""

    operator: BinaryOperator
    left: Node
    right: Node
    span: Span = _field(compare=False)
    operator_span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Join:
    """`a && b && c`, or the same with `||`: as many terms as were written in a row."""

    operator: Literal["&&", "||"]
    terms: tuple[Node, ...]
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Ternary:
    """`condition ? then : otherwise`."""

    condition: Node
    then: Node
    otherwise: Node
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """`all: [...]`, `any: [...]` or `none: [...]` in YAML."""

    kind: Literal["all", "any", "none"]
    items: tuple[Node, ...]
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Labelled:
    """`{is: term, says: sentence}` in YAML."""

    term: Node
    says: str
    span: Span = _field(compare=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """A part that has been complained about already: the checker passes over it."""

    span: Span = _field(compare=False)


Node: TypeAlias = (
    BoolLiteral
    | IntLiteral
    | DecimalLiteral
    | TextLiteral
    | ListLiteral
    | Name
    | Select
    | Call
    | Method
    | Unary
    | Binary
    | Join
    | Ternary
    | Group
    | Labelled
    | Broken
)

COMPREHENSIONS = frozenset({"exists", "all", "exists_one", "filter", "map", "sum", "min", "max"})
"""Methods whose first argument is the variable that the second is about."""


def children(node: Node) -> tuple[Node, ...]:
    """Return the direct parts of `node`, left to right."""
    match node:
        case ListLiteral(items=parts) | Call(arguments=parts) | Join(terms=parts) | Group(items=parts):
            return parts
        case Select(target=target):
            return (target,)
        case Method(target=target, arguments=arguments):
            return (target, *arguments)
        case Unary(term=term) | Labelled(term=term):
            return (term,)
        case Binary(left=left, right=right):
            return (left, right)
        case Ternary(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case _:
            return ()


def depth(node: Node) -> int:
    """Return how many levels `node` has; walks without recursion."""
    deepest = 0
    waiting = [(node, 1)]
    while waiting:
        part, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((child, level + 1) for child in children(part))
    return deepest


def dotted(node: Node) -> str | None:
    """Return `a.b.c` for a chain of plain names, or `None` for anything else."""
    parts: list[str] = []
    while isinstance(node, Select):
        parts.append(node.field)
        node = node.target
    if not isinstance(node, Name):
        return None
    parts.append(node.name)
    return ".".join(reversed(parts))


def names(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[tuple[str, Span]]:
    """Yield every dotted name in `node` with its place, left to right, except those about a variable.

    Of `subject.owner.share` it yields `subject.owner.share` and `subject.owner`: which of them is a fact, a
    definition or a field of a record is not known before names are resolved.
    """
    if isinstance(node, Name | Select):
        chain: Node = node
        while isinstance(chain, Select) and dotted(chain) is not None:
            yield from _unless_bound(chain, bound)
            chain = chain.target
        if isinstance(node, Name):
            yield from _unless_bound(node, bound)
        elif not isinstance(chain, Name):
            yield from (found for part in children(node) for found in names(part, bound))
        return
    if isinstance(node, Method) and node.function in COMPREHENSIONS and node.arguments:
        yield from names(node.target, bound)
        variable, *bodies = node.arguments
        inner = bound | {variable.name} if isinstance(variable, Name) else bound
        for body in bodies:
            yield from names(body, inner)
        return
    for part in children(node):
        yield from names(part, bound)


def _unless_bound(node: Name | Select, bound: frozenset[str]) -> Iterator[tuple[str, Span]]:
    name = dotted(node)
    if name is not None and name.split(".", 1)[0] not in bound:
        yield name, node.span
