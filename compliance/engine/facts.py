"""The facts of one request: what each zone of it says, and what every request says without a declaration.

Invariant: a fact that nobody said is `UNKNOWN`; `None` is a fact said to be absent. All is made of msgspec Structs
because reading their attributes is the cheapest look-up Python has, and compiled rules do little else. The classes of
zones are made from a vocabulary (`engine.zones`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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


def attribute(path: str) -> str:
    """Return the attribute that carries the fact at `path`."""
    return path.replace(".", "_", 1)


FIXED: Final = (SUBJECT_TYPE, HOMES, ACTION_NAME, RESOURCE_TYPE, PRODUCT)
"""Facts that all requests of one slice have in common."""
OWN: Final = (RESOURCE_ID, TIME)
"""Facts that a request has whatever its zones say."""


# gc=False here and below: facts hold nothing that holds them, so the collector need not follow a request's attributes.
class Fixed(msgspec.Struct, frozen=True, gc=False, eq=False):
    """What all requests of one slice have in common."""

    subject_type: Any = UNKNOWN
    subject_homes: Any = UNKNOWN
    action_name: Any = UNKNOWN
    resource_type: Any = UNKNOWN
    resource_product: Any = UNKNOWN


class Facts(msgspec.Struct, frozen=True, gc=False, eq=False):
    """The facts of one request: `facts["subject.residence"]`, or `facts.subject.subject_residence`.

    Requests may share the parts of which this is made.
    """

    subject: Any
    action: Any
    resource: Any
    context: Any
    fixed: Fixed
    resource_id: Any = UNKNOWN
    context_time: Any = UNKNOWN

    def __getitem__(self, path: str) -> FactValue:
        """Return the fact's value, `None` if it is absent, `UNKNOWN` if it was not given."""
        name = path.replace(".", "_", 1)
        holder = holder_of(name)
        value: FactValue = getattr(self if holder is None else getattr(self, holder), name)
        return value


_HOLDERS: Final[dict[str, str | None]] = {
    **dict.fromkeys(map(attribute, FIXED), "fixed"),
    **dict.fromkeys(map(attribute, OWN)),
}


def holder_of(name: str) -> str | None:
    """Return the attribute of `Facts` that holds the attribute `name`; `None` where they have it themselves."""
    return _HOLDERS[name] if name in _HOLDERS else name.partition("_")[0]


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


def facts_paths(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the paths of all facts, built-in ones first."""
    return tuple(dict.fromkeys((*built_in(vocabulary), *vocabulary.facts)))


def facts_with(facts: Facts, changes: Mapping[str, FactValue]) -> Facts:
    """Return facts with the values in `changes`, by path, in place of their own."""
    parts: dict[str, dict[str, Any]] = {}
    made: dict[str, Any] = {}
    for path, value in changes.items():
        name = attribute(path)
        holder = holder_of(name)
        (made if holder is None else parts.setdefault(holder, {}))[name] = value
    made |= {holder: msgspec.structs.replace(getattr(facts, holder), **names) for holder, names in parts.items()}
    return msgspec.structs.replace(facts, **made)
