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


def facts_namespace() -> Mapping[str, Any]:
    """Return what every class of `Facts` has beside its attributes."""
    return {"__getitem__": _get}


@lru_cache(maxsize=64)
def _struct(paths: tuple[str, ...]) -> type[Any]:
    # gc=False: facts are immutable leaves, so the collector need not follow one request's 60 attributes.
    return msgspec.defstruct(
        "Facts",
        [(attribute(path), Any, msgspec.field(default=UNKNOWN)) for path in paths],
        namespace=dict(facts_namespace()),
        frozen=True,
        gc=False,
        eq=False,
    )


def facts_paths(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the paths of all facts, built-in ones first: what a class of `Facts` has attributes for."""
    return tuple(dict.fromkeys((*built_in(vocabulary), *vocabulary.facts)))


def facts_class(vocabulary: Vocabulary) -> type[Any]:
    """Return the class of `Facts` for `vocabulary`: an argument per fact, as `facts_paths` has them.

    By default each is `UNKNOWN`.
    """
    return _struct(facts_paths(vocabulary))


def make_facts(vocabulary: Vocabulary, values: Mapping[str, FactValue]) -> Facts:
    """Return the facts of a request from a mapping of paths to values."""
    made: Facts = facts_class(vocabulary)(**{attribute(path): value for path, value in values.items()})
    return made
