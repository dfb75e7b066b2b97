"""For a deny: one least set of facts that would have to be different, among those that a customer can change.

The search tries one fact, then two, then three, in the vocabulary's order, with one value of each kind that the rules
tell apart. Invariant: it says that nothing would help only after trying everything.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Final

from compliance.engine.decision import Change, Outcome
from compliance.engine.variation import choices, varied
from compliance.language.expression import FactRef
from compliance.vocabulary.facts import HOMES
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from compliance.engine.decision import Verdict
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import Rule
    from compliance.vocabulary.values import FactValue

MOST_FACTS: Final = 3
MOST_TRIALS: Final = 2000


def least_change(
    ruleset: Ruleset,
    request: Request,
    paths: Iterable[str],
    verdict_of: Callable[[Ruleset, Request], Verdict],
) -> tuple[Change, ...] | None:
    """Return the fewest changes of `paths` (the facts that can end the deny) that do; none if none would.

    Only facts that the vocabulary declares `changeable` are tried. `None` if nothing was found and not everything could
    be tried: too many facts or values, or a fact whose useful values the rules do not show.
    """
    facts = ruleset.vocabulary.facts
    wanted = sorted(
        {path for path in paths if path in facts and facts[path].changeable}, key=lambda path: facts[path].order
    )
    values = {path: found for path in wanted if (found := _values(ruleset, request, path)) is not None}
    complete = len(values) == len(wanted) <= MOST_FACTS
    trials = 0
    for size in range(1, MOST_FACTS + 1):
        for chosen in combinations(values, size):
            for completion in product(*(values[path] for path in chosen)):
                trials += 1
                if trials > MOST_TRIALS:
                    return None
                given = dict(zip(chosen, completion, strict=True))
                if verdict_of(ruleset, varied(ruleset, request, given)).outcome is not Outcome.DENY:
                    return tuple(Change(path, value) for path, value in given.items())
    return () if complete else None


def _values(ruleset: Ruleset, request: Request, path: str) -> tuple[FactValue, ...] | None:
    """Return what a fact could be instead: not only parts of a place that was given too coarsely."""
    return choices(ruleset, varied(ruleset, request, {path: UNKNOWN}), path)


def may_change(ruleset: Ruleset, rule: Rule, kind: str) -> bool:
    """Say whether a customer of that kind can change any fact that a rule reads at all, directly or computed."""
    vocabulary = ruleset.vocabulary
    homes = vocabulary.kinds[kind].homes
    paths = set(homes if rule.home is not None else ())
    for node in ruleset.conditions(rule):
        if isinstance(node, FactRef):
            paths |= set(homes) if node.path == HOMES else {node.path}
    read = [vocabulary.facts[path] for path in paths if path in vocabulary.facts]
    sources = [fact if fact.computed is None else vocabulary.facts[fact.computed.over] for fact in read]
    return any(fact.changeable for fact in sources)
