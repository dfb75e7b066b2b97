"""Turn a condition as it stands in a rule file, CEL text or a tree of `all/any/none`, into a checked expression.

This is what readers and resolvers of rule files call. Every function returns a value and diagnostics; none raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from compliance.language.checker import Checker
from compliance.language.diagnostic import Diagnostic, Severity, in_order
from compliance.language.expression import Expression
from compliance.language.parser import DEEPEST, parse, too_deep
from compliance.language.positions import Positions
from compliance.language.scope import Scope
from compliance.language.signatures import type_of
from compliance.language.span import Span
from compliance.language.syntax import Broken, Group, Labelled, Node, depth, names
from compliance.vocabulary.types import BOOL, FactType

__all__ = [
    "Condition",
    "Positions",
    "Said",
    "Scope",
    "Text",
    "Tree",
    "check_condition",
    "check_expression",
    "names_in",
    "parse_condition",
    "type_of",
]


@dataclass(frozen=True, slots=True)
class Text:
    """A CEL string as found in a file."""

    text: str
    """The scalar's value."""
    span: Span
    """The scalar."""
    at: Callable[[int], tuple[int, int]] | None = None
    """Offset in `text` -> line and column in the file (`Positions`); `None`: the value stands there as it is."""

    def place(self, start: int, end: int) -> Span:
        """Return the span from offset `start` to offset `end` (exclusive)."""
        at = self.at or self._plainly
        return Span(self.span.path, *at(start), *at(end))

    def _plainly(self, offset: int) -> tuple[int, int]:
        before = self.text[:offset]
        line = before.count("\n")
        column = len(before) - before.rfind("\n")
        return self.span.line + line, column if line else self.span.column + len(before)


@dataclass(frozen=True, slots=True)
class Tree:
    """`all: [...]`, `any: [...]` or `none: [...]`."""

    kind: Literal["all", "any", "none"]
    items: tuple[Condition | Said, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Said:
    """`{is: ..., says: ...}`: a condition with the sentence that explains it."""

    is_: Condition
    says: str
    span: Span


Condition: TypeAlias = Text | Tree


def parse_condition(condition: Condition | Said) -> tuple[Node | None, list[Diagnostic]]:
    """Return what an officer wrote as one surface tree, or `None` if a part of it has no form; and what is wrong."""
    node, diagnostics = _surface(condition)
    return (None if diagnostics else node), diagnostics


def check_condition(condition: Condition, scope: Scope) -> tuple[Expression | None, list[Diagnostic]]:
    """Return `condition` as a checked expression of type `bool`, or `None` if there is an error; and what is wrong."""
    return check_expression(condition, scope, BOOL)


def check_expression(
    condition: Condition, scope: Scope, expected: FactType | None
) -> tuple[Expression | None, list[Diagnostic]]:
    """Return a checked expression, or `None` if there is an error; and what is wrong.

    Args:
        condition: text, or a tree (which is always a `bool`).
        scope: what names can mean where it stands.
        expected: the type that is wanted; `None` takes any, and `type_of` tells which.
    """
    node, diagnostics = _surface(condition)
    checker = Checker(scope)
    found = checker.condition(node) if expected == BOOL else checker.expression(node, expected)
    diagnostics = in_order([*diagnostics, *checker.findings.diagnostics])
    broken = any(each.severity is Severity.ERROR for each in diagnostics)
    return None if broken else found, diagnostics


def names_in(condition: Condition | Said) -> tuple[tuple[str, Span], ...]:
    """Return every dotted name in `condition` with its place, in order: what may be a fact or a definition.

    Of `subject.owner.share` it returns itself and `subject.owner`; names about a comprehension's variable are left
    out, and so is text that does not parse.
    """
    found: list[tuple[str, Span]] = []
    _collect_names(condition, found, 0)
    return tuple(found)


def _collect_names(condition: Condition | Said, found: list[tuple[str, Span]], depth: int) -> None:
    if depth > DEEPEST:
        return
    if isinstance(condition, Tree):
        for item in condition.items:
            _collect_names(item, found, depth + 1)
    elif isinstance(condition, Said):
        _collect_names(condition.is_, found, depth + 1)
    else:
        node, _ = parse(condition.text, condition.place)
        if node is not None:
            found.extend(names(node))


def _surface(condition: Condition | Said) -> tuple[Node, list[Diagnostic]]:
    """Return the surface tree, with `Broken` for what has no form, and what is wrong."""
    diagnostics: list[Diagnostic] = []
    node = _parsed(condition, diagnostics, 0)
    if depth(node) > DEEPEST:
        diagnostics.append(too_deep(condition.span))
        node = Broken(condition.span)
    return node, in_order(diagnostics)


def _parsed(condition: Condition | Said, diagnostics: list[Diagnostic], level: int) -> Node:
    if level > DEEPEST:
        diagnostics.append(too_deep(condition.span))
        return Broken(condition.span)
    if isinstance(condition, Said):
        return Labelled(_parsed(condition.is_, diagnostics, level + 1), condition.says, condition.span)
    if isinstance(condition, Tree):
        items = tuple(_parsed(item, diagnostics, level + 1) for item in condition.items)
        return Group(condition.kind, items, condition.span)
    node, found = parse(condition.text, condition.place)
    diagnostics.extend(found)
    return Broken(condition.span) if node is None else node
