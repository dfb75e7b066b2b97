"""Turn a verdict that waits for facts into questions: which facts, in which order, and only those that matter.

Law (DESIGN section 5): every fact asked for can change the outcome for some completion of the others asked for, and
answering all leaves nothing incomplete for want of facts. The residual of `engine.missing` gives the second half; the
first is checked here by trying, where the facts' useful values are few enough to try them all.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from compliance.engine.combiner import combine
from compliance.engine.decision import MissingFact, Outcome
from compliance.engine.missing import NOT_GIVEN, Open, open_facts, unknown_homes
from compliance.engine.variation import choices, varied
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from compliance.engine.decision import Verdict
    from compliance.engine.evaluator import Setting
    from compliance.engine.findings import FindingsOn
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.vocabulary.values import FactValue

MOST_TRIALS: Final = 500
"""Completions tried before every fact of the residual is asked for untried."""


def missing_facts(
    ruleset: Ruleset,
    request: Request,
    verdict: Verdict,
    verdict_of: Callable[[Ruleset, Request], Verdict] = combine,
    setting: Setting | None = None,
    findings: FindingsOn | None = None,
) -> tuple[MissingFact, ...]:
    """Return the facts that a verdict waits for: those that most rules wait for first, then in vocabulary order."""
    gathered = _gathered(ruleset, request, verdict, setting, findings)
    matter = _relevant(ruleset, request, gathered, verdict_of)
    facts = ruleset.vocabulary.facts
    ordered = sorted(
        ((path, found) for path, found in gathered.items() if path in matter),
        key=lambda item: (-len(item[1][1]), facts[item[0]].order if item[0] in facts else -1),
    )
    return tuple(_described(ruleset, opened, tuple(rules)) for _, (opened, rules) in ordered)


def _gathered(
    ruleset: Ruleset, request: Request, verdict: Verdict, setting: Setting | None, findings: FindingsOn | None
) -> dict[str, tuple[Open, list[str]]]:
    """Return each open fact with the rules that wait for it."""
    gathered: dict[str, tuple[Open, list[str]]] = {}
    for rule, opened in open_facts(ruleset, request, verdict.unsettled, setting, findings).items():
        for found in opened:
            first, rules = gathered.setdefault(found.path, (found, []))
            merged = Open(first.path, first.why, tuple(sorted({*first.choices, *found.choices})))
            gathered[found.path] = (merged, rules)
            if rule not in rules:
                rules.append(rule)
    if verdict.outcome is Outcome.INCOMPLETE:
        for path in unknown_homes(ruleset, request):
            gathered.setdefault(path, (Open(path, request.why.get(path, NOT_GIVEN)), []))
    return gathered


def _described(ruleset: Ruleset, opened: Open, rules: tuple[str, ...]) -> MissingFact:
    fact = ruleset.vocabulary.facts.get(opened.path)
    origins = tuple(origin.value for origin in fact.origins) if fact else ("gate",)
    return MissingFact(opened.path, origins, fact.ask if fact else None, opened.why, rules, opened.choices)


def _relevant(
    ruleset: Ruleset,
    request: Request,
    gathered: dict[str, tuple[Open, list[str]]],
    verdict_of: Callable[[Ruleset, Request], Verdict],
) -> Iterable[str]:
    """Return the paths of those facts that can change the outcome; all of them where there are too many to try."""
    if len(gathered) < 2:
        return gathered
    values = {path: choices(ruleset, request, path) for path in gathered}
    known = {path: found for path, found in values.items() if found is not None}
    if len(known) < len(values) or prod(len(found) + 1 for found in known.values()) > MOST_TRIALS:
        return gathered
    asked = list(known)
    for path in list(asked):
        if len(asked) > 1 and not _matters(
            ruleset, request, path, {other: known[other] for other in asked}, verdict_of
        ):
            asked.remove(path)
    return asked


def _matters(
    ruleset: Ruleset,
    request: Request,
    path: str,
    values: Mapping[str, tuple[FactValue, ...]],
    verdict_of: Callable[[Ruleset, Request], Verdict],
) -> bool:
    """Say whether, for some values of the other facts asked for, one value of `path` answers unlike not knowing it."""
    others = [other for other in values if other != path]
    for completion in product(*(values[other] for other in others)):
        given = dict(zip(others, completion, strict=True))
        unanswered = _shape(ruleset, varied(ruleset, request, given), verdict_of)
        for value in values[path]:
            if _shape(ruleset, varied(ruleset, request, {**given, path: value}), verdict_of) != unanswered:
                return True
    return False


def _shape(
    ruleset: Ruleset, request: Request, verdict_of: Callable[[Ruleset, Request], Verdict]
) -> tuple[Outcome, bool]:
    """Return the outcome, and whether facts are still wanted: a requirement known to be unmet is not about facts."""
    verdict = verdict_of(ruleset, request)
    return verdict.outcome, verdict.outcome is Outcome.INCOMPLETE and wants_facts(request, verdict)


def wants_facts(request: Request, verdict: Verdict) -> bool:
    """Say whether an incomplete verdict waits for facts, and not only for requirements to be met."""
    return bool(verdict.unsettled) or any(home is UNKNOWN for home in request.homes)
