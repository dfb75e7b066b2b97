"""A setting that keeps what it has evaluated: explanations ask for the same terms many times.

Invariant: it gives every node the value that `Setting` gives it; facts and ruleset do not change under it.
Its `failures` are not complete: a term that failed once is not evaluated again. Whoever wants them asks a `Setting`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance.engine.evaluator import Setting
from compliance.language.expression import DefinitionRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.language.expression import Expression


@dataclass(frozen=True, slots=True)
class Remembering(Setting):
    """A `Setting` that evaluates each term once, where no variable of a comprehension is in play."""

    seen: dict[object, tuple[Expression, object]] = field(default_factory=dict)
    """Node's identity -> the node, held so that no other takes its identity, and its value."""

    def value(self, node: Expression, variables: Mapping[str, object]) -> object:
        """Return the value of `node`, from memory if it was asked for before."""
        if variables:
            return Setting.value(self, node, variables)
        # Two references to one definition are one question; any other node is itself.
        key = (node.name, node.jurisdiction) if isinstance(node, DefinitionRef) else id(node)
        if key not in self.seen:
            self.seen[key] = (node, Setting.value(self, node, variables))
        return self.seen[key][1]
