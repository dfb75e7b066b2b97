"""Keep the grounds that were explained: most requests that meet a rule meet it with facts that another one had.

A ground is what a rule says, and the terms and facts that made it so; it depends on the facts that the rule reads, and
on the homes. Kept are those of rules that read only flags, words, whole numbers and territories: equal values of these
are spelled alike, and none of them is a name.

Invariant: a kept ground is the one that explaining again would give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.engine.decision import Ground
from compliance.engine.facts import attribute
from compliance.language.expression import Converted, FactRef
from compliance.vocabulary.facts import HOMES
from compliance.vocabulary.types import BoolType, IntType, OneOfType, SetType, TerritoryType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import Rule
    from compliance.vocabulary.types import FactType

MOST: Final = 20_000
"""Grounds kept; then all are forgotten."""
_PLAIN: Final = (BoolType, IntType, OneOfType, TerritoryType)
_OPEN: Final = object()
"""Stands in a key for a fact that is unknown, which cannot be compared."""


class Grounds:
    """The grounds of one ruleset; threads may share it."""

    def __init__(self, ruleset: Ruleset) -> None:
        """Take a ruleset; nothing is kept yet."""
        self._ruleset = ruleset
        self._kept: dict[tuple[object, ...], Ground] = {}
        self._read: dict[tuple[str, str], tuple[str, ...] | None] = {}
        self._changeable: dict[tuple[str, str], bool] = {}
        self._named: dict[str, Ground] = {}

    def ground(self, rule: Rule, request: Request, explained: Callable[[Rule], Ground]) -> Ground:
        """Return the ground of a rule for a request; `explained` makes one that is not kept."""
        paths = self._paths(rule, request.kind)
        if paths is None:
            return explained(rule)
        facts = request.facts
        values = [*request.homes, *[getattr(facts, path) for path in paths]]
        key = (rule.id, request.kind, *[_OPEN if value is UNKNOWN else value for value in values])
        found = self._kept.get(key)
        if found is None:
            found = explained(rule)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[key] = found
        return found

    def named(self, rule: Rule) -> Ground:
        """Return a rule as a ground, without the terms and facts that made it so: the same object each time."""
        found = self._named.get(rule.id)
        if found is None:
            found = self._named[rule.id] = Ground(
                rule=rule.id,
                effect=rule.effect.value,
                says=rule.says,
                value=None,
                leaves=(),
                authority=rule.authority,
                jurisdiction=rule.jurisdiction,
                layer=rule.layer,
                notes=rule.notes,
            )
        return found

    def may_change(self, rule: Rule, kind: str) -> bool:
        """Say whether a customer can change any fact that a rule reads at all, directly or computed."""
        key = (rule.id, kind)
        if key not in self._changeable:
            facts = self._ruleset.vocabulary.facts
            read = [facts[path] for path in self._reads(rule, kind) if path in facts]
            sources = [fact if fact.computed is None else facts[fact.computed.over] for fact in read]
            self._changeable[key] = any(fact.changeable for fact in sources)
        return self._changeable[key]

    def _reads(self, rule: Rule, kind: str) -> dict[str, None]:
        """Return the paths of the facts that a rule reads; homes as the facts that they come from."""
        homes = self._ruleset.vocabulary.kinds[kind].homes
        paths: dict[str, None] = dict.fromkeys(homes if rule.home is not None else ())
        for node in self._ruleset.conditions(rule):
            if isinstance(node, FactRef):
                paths |= dict.fromkeys(homes if node.path == HOMES else (node.path,))
        return paths

    def _paths(self, rule: Rule, kind: str) -> tuple[str, ...] | None:
        """Return the attributes of the facts that a rule reads, `None` for one whose grounds are not kept."""
        key = (rule.id, kind)
        if key not in self._read:
            self._read[key] = self._found(rule, kind)
        return self._read[key]

    def _found(self, rule: Rule, kind: str) -> tuple[str, ...] | None:
        facts = self._ruleset.vocabulary.facts
        paths = self._reads(rule, kind)
        # Money that is converted reads exchange rates, too.
        converts = any(isinstance(node, Converted) for node in self._ruleset.conditions(rule))
        if converts or not all(path in facts and _is_plain(facts[path].type) for path in paths):
            return None
        return tuple(attribute(path) for path in paths)


def _is_plain(of: FactType) -> bool:
    return isinstance(of, _PLAIN) or (isinstance(of, SetType) and isinstance(of.element, _PLAIN))
