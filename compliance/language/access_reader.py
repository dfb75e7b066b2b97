"""Read what each level of access means, and which of them a territory has that no position covers.

Invariant: a level says something about every class of actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from compliance.language.authorities import Library, citations
from compliance.language.diagnostic import Diagnostic
from compliance.language.fields import (
    ANYTHING,
    SENTENCE,
    SLUG,
    TEXT,
    Choice,
    Field,
    Filled,
    Form,
    Found,
    TableOf,
    clipped,
    wrong_shape,
)
from compliance.language.nodes import Broken, Node, Scalar, Table
from compliance.vocabulary.facts import Access, AccessEffect, Uncovered
from compliance.vocabulary.suggestions import did_you_mean

_LEVEL: Final[TableOf[Node]] = TableOf(ANYTHING, "a mapping of classes to effects")
ACCESS: Final = Field("access", TableOf(_LEVEL, "a mapping of names to levels of access", SLUG))

_EFFECTS: Final = Choice(("permit", "forbid", "refer"), "unknown-effect")
EFFECT: Final = Field("effect", _EFFECTS, required=True)
ONLY_IF: Final = Field("only_if", TEXT)
ALSO: Final = Field("also", Choice(("refer",), "unknown-effect"))
CONDITIONAL: Final = Form("effect", (EFFECT, ONLY_IF, ALSO))

LEVEL: Final = Field("access", TEXT, required=True)
SAYS: Final = Field("says", SENTENCE, required=True)
AUTHORITY: Final = citations(required=True)
UNCOVERED: Final = Field("uncovered", Form("access without a position", (LEVEL, SAYS, AUTHORITY)))


@dataclass(frozen=True, slots=True)
class _Effect:
    """An effect alone, or a mapping with its conditions."""

    expected: str = "an effect, or `{effect, only_if, also}`"

    def take(self, node: Node, name: str, found: Found) -> AccessEffect | None:
        """Return the effect."""
        match node:
            case Scalar():
                word = _EFFECTS.take(node, name, found)
                return None if word is None else AccessEffect(word.value)
            case Table():
                filled = CONDITIONAL.take(node, name, found)
                effect = None if filled is None else filled.text(EFFECT)
                if filled is None or effect is None:
                    return None
                for key in (ONLY_IF, ALSO):
                    if filled.gives(key) and effect != "permit":
                        message = f"`{key.name}` means nothing here: only a `permit` has it"
                        span = filled.keys[key.name].span
                        found.append(Diagnostic("misplaced-key", message, span, help="take it out"))
                return AccessEffect(effect, filled.text(ONLY_IF), filled.text(ALSO))
            case Broken():
                return None
            case _:
                wrong_shape(node, name, self.expected, found)
                return None


_EFFECT: Final = _Effect()


def read_access(filled: Filled, classes: Mapping[str, tuple[str, ...]], found: Found) -> dict[str, Access]:
    """Return the levels of access by name."""
    levels: dict[str, Access] = {}
    node = filled.node.get(ACCESS.name)
    whole = node if isinstance(node, Table) else filled.node
    for name, pairs in filled.get(ACCESS) or ():
        effects: dict[str, AccessEffect] = {}
        says = ""
        for key, node in pairs:
            if key.value == "says" and key.value not in classes:
                sentence = SENTENCE.take(node, "says", found)
                says = "" if sentence is None else sentence.value
                continue
            if key.value not in classes:
                message = f"there is no class of actions `{clipped(key.value)}`"
                cure = did_you_mean(key.value, classes)
                found.append(Diagnostic("unknown-action", message, key.span, help=cure))
                continue
            effect = _EFFECT.take(node, key.value, found)
            if effect is not None:
                effects[key.value] = effect
        given = level.entries if isinstance(level := whole.get(name.value), Table) else {}
        for missing in classes:
            if missing not in given:
                message = f"the access `{name.value}` says nothing about `{missing}`"
                cure = f"add `{missing}:` with `permit`, `forbid` or `refer`"
                found.append(Diagnostic("missing-field", message, name.span, help=cure))
        levels[name.value] = Access(name.value, effects, says)
    return levels


def read_uncovered(filled: Filled, levels: Mapping[str, Access], library: Library, found: Found) -> Uncovered | None:
    """Return what holds where no position does; its level of access depends on nothing."""
    stated = filled.get(UNCOVERED)
    if stated is None:
        return None
    authority = library.cite(stated.get(AUTHORITY) or (), found)
    word, says = stated.get(LEVEL), stated.text(SAYS)
    if word is None:
        return None
    level = levels.get(word.value)
    if level is None:
        message = f"there is no access `{clipped(word.value)}`"
        found.append(Diagnostic("unknown-access", message, word.span, help=did_you_mean(word.value, levels)))
        return None
    if any(effect.only_if is not None or effect.also is not None for effect in level.effects.values()):
        message = f"the access `{word.value}` depends on more than the action"
        cure = "what holds where nobody said anything is the same for all: take a level without `only_if` and `also`"
        found.append(Diagnostic("uncovered-is-conditional", message, word.span, help=cure))
    return Uncovered(level.name, says or "", authority)
