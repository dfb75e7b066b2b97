"""Keep explanations: most requests are like one that was explained before, but for the values that they show.

Invariant: a kept explanation gives the decision that explaining again would give. What rules cannot tell apart is
`engine.likeness`; decisions with an error, and requests that are refused, are explained each time.

Threads may share it: what two of them make at once is the same, and one of the two is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from compliance.engine.findings import Findings, differs, showing
from compliance.engine.generator import Unsettled
from compliance.engine.likeness import likeness, shown_as_given
from compliance.engine.operations import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from compliance.engine.decision import Decision, Ground, NearestPermit
    from compliance.engine.facts import Facts
    from compliance.engine.findings import FindingsOn
    from compliance.engine.likeness import Likeness
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.engine.slices import Group
    from compliance.vocabulary.values import FactValue

MOST: Final = 10_000
"""Explanations kept; then all are forgotten. One takes some 2 KB, and its JSON as much again."""
_TRIPPED: Final = (Unsettled, Failure, TypeError, ArithmeticError, ValueError, AttributeError)
"""What compiled terms raise where only the evaluator can say what they mean."""


class Explanation:
    """What explains every request of one likeness."""

    __slots__ = ("_grounds", "_nearest", "_shown", "decision", "shown", "spelt")

    def __init__(self, decision: Decision, shown: frozenset[str]) -> None:
        """Take the decision on one request, and the paths of the facts that another may show otherwise."""
        self.decision: Decision = msgspec.structs.replace(decision, warnings=())
        """The decision on the first of them, but for its warnings: the others have their own."""
        self._shown = shown
        leaves = [leaf for ground in decision.grounds for leaf in ground.leaves]
        leaves += [leaf for permit in decision.nearest for leaf in permit.failing]
        self.shown = tuple(sorted({used.path for leaf in leaves for used in leaf.facts if differs(used, shown)}))
        """Facts that its terms show, and that each request has its own value of."""
        self.spelt: dict[Hashable, Any] = {}
        """What whoever spells it keeps of it, by the way of spelling; nothing here looks at it."""
        self._grounds = any(differs(u, shown) for g in decision.grounds for leaf in g.leaves for u in leaf.facts)
        self._nearest = any(differs(u, shown) for p in decision.nearest for leaf in p.failing for u in leaf.facts)

    def of(self, request: Request) -> Decision:
        """Return the decision on a request that has the likeness."""
        shown = self.showing(request.facts) if self.shown else self.decision
        made: Decision = msgspec.structs.replace(shown, as_of=request.time, warnings=request.warnings)
        return made

    def showing(self, values: Facts | Mapping[str, FactValue]) -> Decision:
        """Return the decision with these values of the facts that are `shown`, at the first request's instant."""
        grounds: tuple[Ground, ...] = self.decision.grounds
        nearest: tuple[NearestPermit, ...] = self.decision.nearest
        if self._grounds:
            grounds = tuple(
                [msgspec.structs.replace(each, leaves=showing(each.leaves, self._shown, values)) for each in grounds]
            )
        if self._nearest:
            nearest = tuple(
                [msgspec.structs.replace(each, failing=showing(each.failing, self._shown, values)) for each in nearest]
            )
        made: Decision = msgspec.structs.replace(self.decision, grounds=grounds, nearest=nearest)
        return made


class _Alike:
    """The explanations of one slice, by likeness, and what the rules of its group said."""

    __slots__ = ("findings", "kept", "key")

    def __init__(self, key: Callable[[Facts], tuple[Any, ...]], findings: Findings) -> None:
        self.key = key
        self.findings = findings
        self.kept: dict[object, Explanation] = {}


class Explanations:
    """The explanations of one ruleset."""

    def __init__(self, ruleset: Ruleset, most: int = MOST) -> None:
        """Take a ruleset; nothing is kept yet."""
        self._ruleset = ruleset
        self._most = most
        self.count = 0
        """Explanations that are kept."""
        self._shown = shown_as_given(ruleset.vocabulary)
        self._groups: dict[Group, tuple[Likeness, Findings] | None] = {}
        self._slices: dict[tuple[object, ...], _Alike | None] = {}
        """Invariant: no more of them than explanations may be kept."""

    def of(self, request: Request, explained: Callable[[Request, FindingsOn], Decision]) -> Explanation | None:
        """Return what explains a request, made by `explained` where none is kept; `None` where none may be kept.

        `explained` is given what the rules said of requests that each cannot tell from this one.
        """
        try:
            alike = self._slices[request.slice]
        except KeyError:
            if len(self._slices) >= self._most:
                self._slices.clear()
            alike = self._slices[request.slice] = self._alike(request)
        if alike is None:
            return None
        try:
            why = tuple(sorted(request.why.items())) if request.why else ()
            # Invariant: all three in every key, so that no likeness can be taken for another with a reason beside it.
            like = alike.key(request.facts)
            key = (like, request.assumed, why)
            found = alike.kept.get(key)
        except _TRIPPED:
            return None
        if found is None:
            decision = explained(request, alike.findings.on(request, like))
            if decision.errors:
                return None
            found = self._keep(alike, key, Explanation(decision, self._shown))
        return found

    def _keep(self, alike: _Alike, key: object, made: Explanation) -> Explanation:
        self.count += 1
        if self.count > self._most:
            self.count = 1
            self._slices.clear()
        alike.kept[key] = made
        return made

    def _alike(self, request: Request) -> _Alike | None:
        """Return where the explanations of a request's slice are kept; `None` where none may be."""
        if request.refused is not None:
            return None
        group = (request.action, request.kind, request.product, request.resource_type)
        if group not in self._groups:
            try:
                made = likeness(self._ruleset, group)
                self._groups[group] = made, Findings(self._ruleset, made, self._shown)
            except (Unsettled, Failure):
                self._groups[group] = None
        found = self._groups[group]
        return None if found is None else _Alike(found[0].key, found[1])
