"""Turn a vocabulary into the class whose instances carry the facts of one request.

Invariant: an attribute that nobody set is `UNKNOWN`; `None` is a fact said to be absent. The class is a msgspec Struct
because reading its attributes is the cheapest look-up Python has, and compiled rules do little else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from compliance.vocabulary.facts import HOMES, HOMES_TYPE
from compliance.vocabulary.types import STRING, TIMESTAMP, FactType, OneOfType
from compliance.vocabulary.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.vocabulary.facts import Vocabulary
    from compliance.vocabulary.values import FactValue

SUBJECT_TYPE: Final = "subject.type"
ACTION_NAME: Final = "action.name"
RESOURCE_TYPE: Final = "resource.type"
RESOURCE_ID: Final = "resource.id"
PRODUCT: Final = "resource.product"
TIME: Final = "context.time"


class Facts(Protocol):
    """The facts of one request: `facts["subject.residence"]`, or attribute `subject_residence`."""

    def __getitem__(self, path: str, /) -> FactValue:
        """Return the fact's value, `None` if it is absent, `UNKNOWN` if it was not given."""
        ...


def attribute(path: str) -> str:
    """Return the attribute that carries the fact at `path`."""
    return path.replace(".", "_", 1)


def built_in(vocabulary: Vocabulary) -> Mapping[str, FactType]:
    """Return the facts that every vocabulary has without declaring them."""
    return {
        SUBJECT_TYPE: OneOfType(tuple(vocabulary.kinds)),
        HOMES: HOMES_TYPE,
        ACTION_NAME: OneOfType(vocabulary.all_actions()),
        RESOURCE_TYPE: OneOfType(tuple(vocabulary.resource_types)),
        RESOURCE_ID: STRING,
        PRODUCT: STRING,
        TIME: TIMESTAMP,
    }


def _get(self: object, path: str) -> FactValue:
    value: FactValue = getattr(self, path.replace(".", "_", 1))
    return value


@lru_cache(maxsize=64)
def _struct(paths: tuple[str, ...]) -> type[Any]:
    # gc=False: facts are immutable leaves, so the collector need not follow one request's 60 attributes.
    return msgspec.defstruct(
        "Facts",
        [(attribute(path), Any, msgspec.field(default=UNKNOWN)) for path in paths],
        namespace={"__getitem__": _get},
        frozen=True,
        gc=False,
        eq=False,
    )


def facts_paths(vocabulary: Vocabulary, kind: str | None = None) -> tuple[str, ...]:
    """Return the paths of all facts, built-in ones first: what a class of `Facts` has attributes for.

    With a kind of subject those that only others have come last, so that whoever makes `Facts` need not give them.
    """
    paths = dict.fromkeys((*built_in(vocabulary), *vocabulary.facts))
    if kind is None:
        return tuple(paths)
    foreign = {path for path, fact in vocabulary.facts.items() if fact.kinds is not None and kind not in fact.kinds}
    return tuple(sorted(paths, key=foreign.__contains__))


def facts_class(vocabulary: Vocabulary, kind: str | None = None) -> type[Any]:
    """Return the class of `Facts` for `vocabulary`: an argument per fact, as `facts_paths` has them.

    By default each is `UNKNOWN`. Compiled rules meet the requests of one kind of subject, and are fastest where these
    have one class, whichever way they were read.
    """
    return _struct(facts_paths(vocabulary, kind))


def make_facts(vocabulary: Vocabulary, values: Mapping[str, FactValue], kind: str | None = None) -> Facts:
    """Return the facts of a request from a mapping of paths to values."""
    made: Facts = facts_class(vocabulary, kind)(**{attribute(path): value for path, value in values.items()})
    return made
