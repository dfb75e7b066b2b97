"""Say, territory by territory, what a rulebook's positions come to for one product and action, and who says so.

Positions look at homes only: what follows is where entry is open at all, not what one person may do.

Reference: DESIGN section 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from compliance.engine.evaluator import covers
from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.vocabulary import territory
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import Position
    from compliance.vocabulary.authority import Authority


class Opening(StrEnum):
    """What the positions come to, strictest first."""

    FORBID = "forbid"
    """Some position forbids the action, whoever asks."""
    BY_REGION = "by-region"
    """It depends on the region of the territory."""
    REFER = "refer"
    """Permitted, and a human decides."""
    CONDITIONAL = "conditional"
    """Permitted to some, for instance to professionals, or in some circumstances."""
    PERMIT = "permit"
    """No position stands in the way."""


@dataclass(frozen=True, slots=True)
class Source:
    """One position that applies to a territory, or what holds where none does."""

    id: str
    jurisdiction: str | None
    layer: str | None
    access: str
    effect: Opening
    says: str
    authority: tuple[Authority, ...]
    regions: tuple[str, ...] = ()
    """Where the position is about some regions only: those that rules tell apart."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A further rule of a jurisdiction for subjects at home in the territory."""

    rule: str
    effect: str
    says: str


@dataclass(frozen=True, slots=True)
class Covered:
    """What holds in one territory."""

    territory: str
    name: str
    access: str
    """The narrowest access among the positions that apply."""
    effect: Opening
    reason: str
    decisive: tuple[Authority, ...]
    """The sources of the positions that give the effect."""
    positions: tuple[Source, ...]
    conditions: tuple[Condition, ...]


def coverage(ruleset: Ruleset, product: str, action: str) -> tuple[Covered, ...]:
    """Return what holds for `product` and `action` in every ISO 3166-1 territory and `XK`, in order of code.

    Args:
        ruleset: the rules in force.
        product: a product of the rulebook, declared or named by a position.
        action: an action of the vocabulary.
    """
    return tuple(_Surveyor(ruleset, product, action).covered(code) for code in sorted(territory.all_countries()))


def products(ruleset: Ruleset) -> tuple[str, ...]:
    """Return the products that can be asked for: those that the rulebook declares or takes a position on."""
    declared = set(ruleset.rulebook.products)
    return tuple(sorted(declared | {position.product for position in ruleset.rulebook.positions}))


class _Surveyor:
    """Looks at one territory after the other."""

    def __init__(self, ruleset: Ruleset, product: str, action: str) -> None:
        self.ruleset = ruleset
        self.product = product
        self.action = action
        self.narrowness = {name: place for place, name in enumerate(ruleset.vocabulary.access)}
        self.positions = [
            found
            for found in ruleset.rulebook.positions
            if ruleset.instant in found.effective and found.product in {product, *ruleset.wholes(product)}
        ]
        self.rules = [
            rule
            for rule in ruleset.rules
            if rule.home is not None
            and rule.jurisdiction is not None
            and not rule.from_position
            and action in rule.actions
            and rule.product in {None, product, *ruleset.wholes(product)}
        ]

    def covered(self, code: str) -> Covered:
        """Return what holds in the territory `code`."""
        found = list(self._sources(code)) or list(self._uncovered())
        order = list(Opening)
        effect = min((source.effect for source in found), key=order.index, default=Opening.FORBID)
        decisive = [source for source in found if source.effect is effect]
        access = max((source.access for source in found), key=lambda name: self.narrowness.get(name, -1), default="")
        return Covered(
            territory=code,
            name=territory.name(code),
            access=access,
            effect=effect,
            reason="; ".join(dict.fromkeys(source.says for source in decisive)) or "nothing permits it",
            decisive=tuple(dict.fromkeys(source for found in decisive for source in found.authority)),
            positions=tuple(found),
            conditions=tuple(self._conditions(code)),
        )

    def _sources(self, code: str) -> Iterator[Source]:
        for position in self.positions:
            inside = covers(self.ruleset, HomeScope(position.jurisdiction, position.excepting), code)
            if inside is False:
                continue
            effect = Opening.BY_REGION if inside is UNKNOWN else self._effect(position.access)
            if position.when is not None and effect is not Opening.BY_REGION:
                effect = Opening.CONDITIONAL
            yield Source(
                id=_name(position, self.ruleset.rules),
                jurisdiction=position.jurisdiction,
                layer=position.layer,
                access=position.access,
                effect=effect,
                says=position.says,
                authority=position.authority,
                regions=self.ruleset.regions(code) if inside is UNKNOWN else (),
            )

    def _uncovered(self) -> Iterator[Source]:
        stated = self.ruleset.vocabulary.uncovered
        if stated is not None:
            effect = self._effect(stated.access)
            yield Source("no-position", None, None, stated.access, effect, stated.says, stated.authority)

    def _effect(self, access: str) -> Opening:
        vocabulary = self.ruleset.vocabulary
        does = vocabulary.access[access].effects.get(vocabulary.class_of(self.action) or "")
        if does is None or does.effect == Effect.FORBID:
            return Opening.FORBID
        if Effect.REFER in {does.effect, does.also}:
            return Opening.REFER
        return Opening.CONDITIONAL if does.only_if is not None else Opening.PERMIT

    def _conditions(self, code: str) -> Iterator[Condition]:
        for rule in self.rules:
            if covers(self.ruleset, rule.home, code) is not False:
                yield Condition(rule.id, rule.effect.value, rule.says)


def _name(position: Position, rules: Iterable[Rule]) -> str:
    """Return the name that the position's rules begin with."""
    mine = (
        rule.id
        for rule in rules
        if rule.from_position and (rule.span, rule.product) == (position.span, position.product)
    )
    return next(mine, f"{position.jurisdiction}/{position.layer}-{position.product}/").rsplit("/", 1)[0]
