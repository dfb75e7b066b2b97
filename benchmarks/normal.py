"""Conditions in normal forms, for languages without a general `not` or an infix `or`."""

from __future__ import annotations

from itertools import product
from typing import TypeAlias

from benchmarks.model import All, AnyOf, Atom, Condition, Not

Literal: TypeAlias = tuple[Atom, bool]
"""A comparison, and whether it is to hold."""


def disjuncts(condition: Condition | None, *, positive: bool = True) -> list[list[Literal]]:
    """Write a condition as alternatives, each a list of literals that must all hold; no literals is always."""
    match condition:
        case None:
            return [[]]
        case Not(term):
            return disjuncts(term, positive=not positive)
        case All(terms) | AnyOf(terms):
            parts = [disjuncts(term, positive=positive) for term in terms]
            if isinstance(condition, All) is positive:
                return [[literal for part in row for literal in part] for row in product(*parts)]
            return [alternative for part in parts for alternative in part]
        case _:
            return [[(condition, positive)]]
