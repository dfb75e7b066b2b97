"""Turn a vocabulary into msgspec types that take only what the decoder takes: bodies, their parts, and their facts.

Invariant: a value that these types and readers take is the value that `engine.decoder` reads; whatever they do not
take (twins of territories, evidence, records said oddly) is left to it, and so is every message.

Reference: docs/decisions/0006-wire.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NewType, Union

import msgspec
from msgspec import UNSET, Meta, UnsetType

from compliance.engine.envelope import LONGEST_ID
from compliance.engine.facts import built_in
from compliance.vocabulary import moments, territory
from compliance.vocabulary.facts import Origin, Zone
from compliance.vocabulary.formats import FORMATS
from compliance.vocabulary.identifiers import currency
from compliance.vocabulary.reading import LONGEST_TEXT, MOST_ITEMS, read_value
from compliance.vocabulary.types import (
    BoolType,
    CurrencyType,
    DateType,
    DecimalType,
    DurationType,
    FactType,
    IntType,
    MoneyType,
    OneOfType,
    SetType,
    StringType,
    TerritoryType,
    TimestampType,
)
from compliance.vocabulary.values import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from compliance.vocabulary.facts import Fact, Vocabulary
    from compliance.vocabulary.values import Value

_AMOUNT: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?").fullmatch
_TEXT: Final = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
_ID: Final = Annotated[str, Meta(min_length=1, max_length=LONGEST_ID)]
BESIDE: Final = "beside"
"""Attribute of a context that holds what it says beside facts."""


class Unusual(ValueError):  # noqa: N818 - what the body is
    """A body with something that the fast path leaves to the decoder."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the values of one fact stand in a body, and what is left to do in Python."""

    type: Any
    """What msgspec takes."""
    read: Callable[[Any], Any] | None = None
    """Turns what msgspec made (never `None`) into the value; raises for what the decoder is to read."""
    commas: str = ""
    """Python for the number of commas inside `v`, what msgspec made; empty where there are none."""
    quick: str = ""
    """Python for what `read` returns for most values of `v`, with `read` for the others."""
    text: bool = False
    """Free text: outside of ASCII bodies its characters are looked at."""
    is_set: bool = False


# ---- readers


USUAL_INSTANT: Final = "from_iso(v) if v[4::3] == '--T::Z' else read(v)"
"""Reads `2026-01-31T12:00:00Z`: signs at those places leave `fromisoformat` no other form to take."""


def instant(text: str) -> datetime:
    """Return the instant."""
    found = moments.instant(text)
    if found is None:
        raise Unusual
    return found


def day(text: str) -> date:
    """Return the day."""
    found = moments.day(text)
    if found is None:
        raise Unusual
    return found


def duration(text: str) -> timedelta:
    """Return the length of time."""
    found = moments.duration(text)
    if found is None:
        raise Unusual
    return found


def decimal(type_: DecimalType, text: object) -> Value:
    """Return the decimal; without the decoder's reader where it is plain and has no bounds to pass."""
    if isinstance(text, str) and _AMOUNT(text):
        number = Decimal(text)
        if (type_.minimum is None or number >= type_.minimum) and (type_.maximum is None or number <= type_.maximum):
            return number
    return read_value(type_, text, records={})


# A frozen dataclass sets its fields by the slow way round; `Money` has no other work to do when it is made.
_put_amount: Final = vars(Money)["amount"].__set__
_put_currency: Final = vars(Money)["currency"].__set__


def money(type_: MoneyType, given: object) -> Money:
    """Return the amount of money, if it is spelled as usual."""
    if type(given) is dict and len(given) == 2:
        text, code = given["amount"], given["currency"]
        right = type(text) is type(code) is str and (type_.currency is None or type_.currency == code)
        if right and _AMOUNT(text):
            made = Money.__new__(Money)
            _put_amount(made, Decimal(text))
            _put_currency(made, currency(code))
            return made
    raise Unusual


def formatted(read: Callable[[str], str], text: str) -> str:
    """Return the canonical text of a checked identifier."""
    return read(printable(text))


def printable(text: str) -> str:
    """Return a text of printable ASCII characters."""
    if text.isascii() and text.isprintable():
        return text
    raise Unusual


def anything(read: Callable[[Any], Value], given: object) -> Value:
    """Return what the decoder's own reader makes of a value that is no evidence."""
    if isinstance(given, dict) and "value" in given:
        raise Unusual
    return read(given)


# ---- commas


def commas_in(given: object) -> int:
    """Count the commas that any JSON value has, if no name in it stands twice."""
    if isinstance(given, str):
        return given.count(",")
    if isinstance(given, list):
        return sum(map(commas_in, given)) + (len(given) or 1) - 1
    if isinstance(given, dict):
        return sum(map(commas_in, given.values())) + sum(map(commas_in, given)) + (len(given) or 1) - 1
    return 0


# ---- types


@cache
def _territories() -> Any:
    codes = [code for country in territory.all_countries() for code in (country, *territory.subdivisions(country))]
    # A name of its own, since `typing` looks at each of 5,266 codes whenever it meets them in the type of an attribute.
    return NewType("Territory", Literal[tuple(codes)])


def _words(values: Iterable[str]) -> Any:
    """Return the type of one of the words; raise `Unusual` if one of them cannot stand plainly in a body."""
    words = tuple(values)
    if words and all(word.isascii() and word.isprintable() and not set(word) & set(',"\\') for word in words):
        return Literal[words]
    raise Unusual


def spelling(fact: Fact, vocabulary: Vocabulary) -> Spelling:
    """Return how a fact's values stand in a body."""
    try:
        made = _spelling(fact.type, fact.at_least)
    except Unusual:
        made = None
    if made is None:
        read = partial(read_value, fact.type, records=vocabulary.records, at_least=fact.at_least)
        made = Spelling(Any, partial(anything, read), "commas_in(v)")
    if fact.optional and made.type is not Any:
        made = replace(made, type=Union[made.type, None])  # noqa: UP007 - also of what is no class
    return made


def _spelling(type_: FactType, at_least: int = 1) -> Spelling | None:
    match type_:
        case BoolType():
            return Spelling(bool)
        case IntType(minimum, maximum) if minimum >= -(2**63) and maximum < 2**63:
            return Spelling(Annotated[int, Meta(ge=minimum, le=maximum)])
        case DecimalType():
            return Spelling(str | int, partial(decimal, type_))
        case MoneyType():
            return Spelling(Any, partial(money, type_), "1")
        case StringType(None):
            return Spelling(_TEXT, commas="v.count(',')", text=True)
        case StringType(str(name)) if name in FORMATS:
            return Spelling(_TEXT, partial(formatted, FORMATS[name]), "v.count(',')")
        case OneOfType(values):
            return Spelling(_words(values))
        case TerritoryType():
            return Spelling(_territories())
        case CurrencyType():
            return Spelling(str, currency)
        case DateType():
            return Spelling(str, day)
        case TimestampType():
            return Spelling(str, instant, quick=USUAL_INSTANT)
        case DurationType():
            return Spelling(str, duration)
        case SetType():
            return _set(type_, at_least)
        case _:
            return None


@cache
def _set(type_: SetType, at_least: int) -> Spelling | None:
    inner = _spelling(type_.element)
    if inner is None or inner.read is not None:
        return None
    limits = Meta(min_length=at_least, max_length=MOST_ITEMS)
    made = Annotated[frozenset[inner.type], limits]  # type: ignore[name-defined]
    between = "len(v) - 1" if at_least else "(len(v) or 1) - 1"
    commas = f"{between} + sum([one.count(',') for one in v])" if inner.text else between
    return Spelling(made, commas=commas, text=inner.text, is_set=True)


def sendable(vocabulary: Vocabulary, zone: Zone) -> tuple[Fact, ...]:
    """Return the facts of a zone that the fast path takes from a request.

    Not among them, so that the decoder reads a body that gives one: facts that only the house knows or that a feed
    may also say, retired ones, those whose age counts (only evidence tells it), and names with a meaning of their own.
    """
    parties = {f"{Zone.ACTION}.{party.name}" for party in vocabulary.counterparties}
    reserved = parties | {f"{path}_named" for path in parties} | set(built_in(vocabulary))
    return tuple(
        fact
        for fact in vocabulary.facts.values()
        if fact.zone is zone
        and Origin.REQUEST in fact.origins
        and Origin.FEED not in fact.origins
        and fact.retired is None
        and fact.stale_after is None
        and fact.path not in reserved
        and fact.name.isascii()
        and fact.name.isidentifier()
    )


def column_reader(fact: Fact, vocabulary: Vocabulary) -> Callable[[list[Any]], list[Any]]:
    """Return what reads many values of a fact at once, none null; it raises where the decoder has to see one."""
    found = spelling(fact, vocabulary)
    column: Any = msgspec.defstruct("Column", [("values", list[found.type])], gc=False)  # type: ignore[name-defined]

    def read(said: list[Any]) -> list[Any]:
        values: list[Any] = msgspec.convert({"values": said}, column).values
        if found.is_set and any(len(value) != len(given) for value, given in zip(values, said, strict=True)):
            raise Unusual
        if found.text:
            for value in values:
                for text in value if found.is_set else (value,):
                    printable(text)
        return values if found.read is None else [found.read(value) for value in values]

    return read


@dataclass(frozen=True, slots=True)
class Bodies:
    """The class of whole bodies, whose parts have the classes of `engine.zones` as properties."""

    type: Any
    subjects: dict[str, Any]
    """The class of the subject, by its kind."""
    nobody: dict[str, Any]
    """By kind of subject, the properties that stand where a body gives none."""
    nothing: dict[Zone, Any]
    """The same by other zone."""


def bodies(vocabulary: Vocabulary, subjects: Mapping[str, type[Any]], zones: Mapping[Zone, type[Any]]) -> Bodies:
    """Return what bodies are read into, from the classes of properties by kind of subject and by other zone.

    Raises:
        Unusual: where a word of the vocabulary cannot stand plainly in a body.
    """
    nobody: dict[str, Any] = {kind: made() for kind, made in subjects.items()}
    nothing: dict[Zone, Any] = {zone: made() for zone, made in zones.items()}
    with_ = {zone: ("properties", type(made), made) for zone, made in nothing.items()}
    _words(subjects)
    several = len(subjects) > 1
    people = {kind: _subject(kind, ("properties", type(made), made), several=several) for kind, made in nobody.items()}
    action = _struct("Action", [("name", _words(vocabulary.all_actions())), with_[Zone.ACTION]])
    resource = _struct("Resource", [("type", _words(vocabulary.resource_types)), ("id", _ID), with_[Zone.RESOURCE]])
    _, context, no_context = with_[Zone.CONTEXT]
    made = _struct(
        "Body",
        [
            ("subject", Union[tuple(people.values())]),  # noqa: UP007 - of as many as there are
            ("action", action),
            ("resource", resource),
            ("context", context, no_context),
        ],
    )
    return Bodies(made, people, nobody, nothing)


def batch_of(body: type[Any]) -> type[Any]:
    """Return the class of a batch of whole bodies."""
    return _struct("Batch", [("requests", list[body])])  # type: ignore[valid-type]


def _subject(kind: str, properties: tuple[str, Any, Any], *, several: bool) -> Any:
    fields = [("id", _ID | UnsetType, UNSET), properties]
    if several:
        return _struct("Subject", fields, tag=kind)
    # With one kind there is no union to tell apart, and msgspec would not ask for a tag.
    return _struct("Subject", [("type", Literal[kind]), *fields])


def _struct(name: str, fields: list[Any], *, tag: str | None = None) -> type[Any]:
    return msgspec.defstruct(
        name,
        fields,
        tag_field="type" if tag is not None else None,
        tag=tag,
        frozen=True,
        gc=False,
        forbid_unknown_fields=True,
    )
