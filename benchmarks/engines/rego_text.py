"""Rules as one Rego module with a partial set `fired` of rule identifiers, for both Rego engines."""

from __future__ import annotations

import json

from benchmarks.dialect import listing
from benchmarks.model import Compare, Has, IsTrue, OneOf, Overlaps, Rule
from benchmarks.normal import Literal, disjuncts

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def write(literal: Literal, variable: str) -> str:
    """Write one literal as one line of a rule body; a `variable` may be declared once in a body."""
    atom, positive = literal
    name = f"input.{atom.fact.name}"
    text = ""
    match atom:
        case IsTrue():
            return f"{name} == {json.dumps(positive)}"
        case Compare(_, operator, value):
            return f"{name} {operator if positive else OPPOSITE[operator]} {json.dumps(value)}"
        case OneOf(_, values):
            text = f"{name} in {{{listing(values)[1:-1]}}}"
        case Has(_, value):
            text = f"{json.dumps(value)} in {name}"
        case Overlaps(_, values):
            members = f"{{{listing(values)[1:-1]}}}"
            if positive:
                return f"some {variable} in {name}; {variable} in {members}"
            return f"every {variable} in {name} {{ not {variable} in {members} }}"
    return text if positive else f"not {text}"


def module(package: str, rules: tuple[Rule, ...], *, scoped: bool) -> str:
    """Write rules as a module; the scope, where it is not already known, comes first in each body."""
    lines = [f"package {package}", "import rego.v1"]
    for rule in rules:
        scope: list[str] = []
        if scoped:
            scope.append(f"input.action in {{{listing(rule.actions)[1:-1]}}}")
            if rule.jurisdiction is not None:
                scope.insert(0, f'input.residence == "{rule.jurisdiction}"')
        for alternative in disjuncts(rule.fires):
            body = scope + [write(literal, f"x{number}") for number, literal in enumerate(alternative)]
            lines.append(f'fired contains "{rule.identifier}" if {{ {"; ".join(body) or "true"} }}')
    return "\n".join(lines) + "\n"
