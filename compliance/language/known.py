"""Hold what the whole rulebook knows while its statements are resolved: vocabulary, places, products, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compliance.language.authorities import Library
from compliance.language.diagnostic import Diagnostic
from compliance.language.fields import Found, clipped
from compliance.language.nodes import Scalar
from compliance.language.rulebook import JurisdictionPage, Product
from compliance.vocabulary import territory
from compliance.vocabulary.facts import Vocabulary
from compliance.vocabulary.places import Places
from compliance.vocabulary.suggestions import did_you_mean


@dataclass(slots=True)
class Known:
    """What statements may name. Products are added once they have been read."""

    vocabulary: Vocabulary
    broken: frozenset[str]
    """Facts that the vocabulary means to declare and that could not be read."""
    places: Places
    library: Library
    pages: Mapping[str, JurisdictionPage] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)

    def is_place(self, name: str) -> bool:
        """Say whether `name` is a territory or a group."""
        return name in self.places.groups or territory.is_territory(name)

    def kinds(self, words: Iterable[Scalar] | None, found: Found) -> frozenset[str] | None:
        """Return the kinds of subject that words name, `None` for all; complain about unknown ones."""
        if words is None:
            return None
        kinds = self.vocabulary.kinds
        return frozenset(
            word.value for word in words if is_known(word, kinds, "unknown-kind", "kind of subject", found)
        )

    def actions(self, words: Iterable[Scalar], found: Found) -> frozenset[str]:
        """Return the actions that words name, by themselves or by their class; complain about unknown ones."""
        classes, single = self.vocabulary.actions, self.vocabulary.all_actions()
        actions: set[str] = set()
        for word in words:
            if word.value in classes:
                actions.update(classes[word.value])
            elif is_known(word, (*classes, *single), "unknown-action", "action or class of actions", found):
                actions.add(word.value)
        return frozenset(actions)

    def layer(self, word: Scalar | None, found: Found) -> str | None:
        """Return the layer that a word names; complain about an unknown one."""
        if word is None or not is_known(word, self.vocabulary.layers, "unknown-layer", "layer", found):
            return None
        return word.value

    def product(self, word: Scalar | None, found: Found) -> str | None:
        """Return the product that a word names; complain about an unknown one."""
        if word is None or not is_known(word, self.products, "unknown-product", "product", found):
            return None
        return word.value


def is_known(word: Scalar, names: Iterable[str], slug: str, what: str, found: Found) -> bool:
    """Say whether `word` is one of `names`; complain with `slug` if it is not."""
    known = list(names)
    if word.value in known:
        return True
    message = f"there is no {what} `{clipped(word.value)}`"
    found.append(Diagnostic(slug, message, word.span, help=did_you_mean(word.value, known)))
    return False
