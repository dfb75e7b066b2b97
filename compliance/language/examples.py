"""Demand a case for every rule and for every file of positions.

Invariant: a rule has a case if some case, in any file, names it among its grounds, requirements or obligations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compliance.language.diagnostic import Diagnostic
from compliance.language.fields import Found
from compliance.language.rulebook import Case, Effect, Position, Rule
from compliance.language.span import Span


def check_examples(rules: Iterable[Rule], positions: Iterable[Position], cases: Iterable[Case], found: Found) -> None:
    """Complain about rules that no case names, and about files of positions beside which there are no cases."""
    cases = tuple(cases)
    named = {
        ground
        for case in cases
        for group in (case.grounds, case.requirements, case.obligations)
        for ground in group or ()
    }
    complained: set[str] = set()
    for rule in rules:
        if rule.from_position or rule.id in complained or _is_named(rule, named):
            continue
        complained.add(rule.id)
        message = f"no case names the rule `{rule.id}`"
        cure = f"add one to `{_beside(rule.span.path)}` that lists it under {_expectation(rule)}"
        found.append(Diagnostic("rule-without-case", message, rule.span, help=cure))
    _check_positions(positions, {case.file for case in cases}, found)


def _is_named(rule: Rule, named: set[str]) -> bool:
    steps = rule.id.split("/")
    starts = {"/".join(steps[:count]) for count in range(1, len(steps) + 1)}
    if len(steps) > 1:
        # A jurisdiction alone names all of its rules and so none of them.
        starts.discard(steps[0])
    return bool(starts & named)


def _expectation(rule: Rule) -> str:
    words: Mapping[Effect, str] = {Effect.REQUIRE: "`requirements:`", Effect.OBLIGE: "`obligations:`"}
    return words.get(rule.effect, "`grounds:`")


def _check_positions(positions: Iterable[Position], files: set[str], found: Found) -> None:
    first: dict[str, tuple[str, Span]] = {}
    for position in positions:
        first.setdefault(position.span.path, (position.jurisdiction, position.span))
    for path, (jurisdiction, span) in first.items():
        beside = _beside(path)
        if beside not in files:
            message = f"no case stands beside the positions of `{jurisdiction}`"
            cure = f"add `{beside}` with at least one case"
            found.append(Diagnostic("position-without-case", message, span, help=cure))


def _beside(path: str) -> str:
    return path.removesuffix(".yaml") + ".cases.yaml"
