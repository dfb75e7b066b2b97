"""Turn a ruleset into fast Python functions, one per slice: action, resource, kind of subject and homes.

What a slice fixes is folded away, so a decision evaluates only conditions that can still matter. What generated code
cannot say exactly (a failure, an absent fact used bare) it leaves to the evaluator, which stays the definition.

Threads may share a compiler: what two of them make at once is the same, and one of the two is kept.

Reference: DESIGN section 8; docs/decisions/0004 and 0006.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from compliance.engine.answered import Answers
from compliance.engine.combiner import combine
from compliance.engine.explanations import Explanations
from compliance.engine.generator import Unsettled
from compliance.engine.operations import Failure
from compliance.engine.reach import Reach
from compliance.engine.slices import Conditions, Slice
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance.engine.decision import Verdict
    from compliance.engine.facts import Facts
    from compliance.engine.loops import Loop
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.engine.slices import Group

_Made = TypeVar("_Made")
MOST_SLICES: Final = 20_000
"""Compiled slices kept; the oldest goes first."""
TRIPPED: Final = (Unsettled, Failure, TypeError, ArithmeticError, ValueError, AttributeError)
"""What generated code raises where only the evaluator can answer."""


class Compiler:
    """The compiled form of one ruleset; slices are compiled on first use."""

    def __init__(self, ruleset: Ruleset, most_slices: int = MOST_SLICES) -> None:
        """Take a ruleset; nothing is compiled yet."""
        self.ruleset = ruleset
        self.explanations = Explanations(ruleset)
        """The decisions that were explained."""
        self.answers = Answers()
        """The answers to verdicts that were asked for without an explanation."""
        self._most = most_slices
        self.slices: dict[tuple[object, ...], Callable[[Facts], Verdict]] = {}
        """The functions of the slices that were compiled: from facts to verdict."""
        self.loops: dict[tuple[object, ...], Loop | None] = {}
        """The same from columns to answers; `None` for what only the evaluator can answer."""
        self._groups: dict[Group, Conditions] = {}
        self._reach: Reach | None = None

    def verdict(self, request: Request) -> Verdict:
        """Return what `combine` returns, faster."""
        function = self.slices.get(request.slice)
        try:
            return (function or self._compiled(request))(request.facts)
        except TRIPPED:
            # Invariant: whatever generated code trips over, the definition answers.
            return combine(self.ruleset, request)

    def loop(self, key: tuple[str, str, str | None, str, tuple[object, ...]]) -> Loop | None:
        """Return what decides many rows of the slice of a request (`Request.slice`); `None`: only the evaluator can."""
        try:
            return self.loops[key]
        except KeyError:
            pass
        try:
            homes = tuple([UNKNOWN if home is None else home for home in key[4]])
            made = Slice(self._conditions(key[:4]), homes).loop()
        except (Failure, Unsettled):
            made = None
        self._keep(self.loops, key, made)
        return made

    def warm(self) -> int:
        """Prepare what every slice of the catalogued resources needs, and return how many groups that is.

        What is left for the first request of a slice takes less than a millisecond.
        """
        vocabulary = self.ruleset.vocabulary
        catalogue = self.ruleset.rulebook.catalogue
        sold = {(entry.product, type_) for type_, entries in catalogue.items() for entry in entries.values()}
        groups = [
            (action, kind, product, type_)
            for action in vocabulary.all_actions()
            for kind in vocabulary.kinds
            for product, type_ in sold
            if type_ in vocabulary.resource_types
        ]
        for group in groups:
            self._conditions(group).write()
        return len(groups)

    def _compiled(self, request: Request) -> Callable[[Facts], Verdict]:
        """Compile the request's slice and keep it."""
        if request.refused is not None:
            return _left_to_the_evaluator
        conditions = self._conditions((request.action, request.kind, request.product, request.resource_type))
        try:
            made = Slice(conditions, request.homes).function()
        except (Failure, Unsettled):
            made = _left_to_the_evaluator
        self._keep(self.slices, request.slice, made)
        return made

    def _keep(self, kept: dict[tuple[object, ...], _Made], key: tuple[object, ...], made: _Made) -> None:
        kept[key] = made
        while len(kept) > self._most:
            try:
                kept.pop(next(iter(kept)), None)
            except (RuntimeError, StopIteration):
                # Another thread is at it.
                break

    def _conditions(self, group: Group) -> Conditions:
        """Return the conditions of a group."""
        found = self._groups.get(group)
        if found is None:
            if self._reach is None:
                self._reach = Reach(self.ruleset)
            found = self._groups[group] = Conditions(self.ruleset, group, self._reach)
        return found


def _left_to_the_evaluator(_: Facts) -> Verdict:
    """Stand in for a slice that generated code cannot answer exactly."""
    raise Unsettled
