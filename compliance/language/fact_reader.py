"""Read the facts and records that a vocabulary declares.

Invariant: a fact that comes out has a type, and every key that it carries has a meaning for that type and origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from compliance.language.authorities import Library, citations
from compliance.language.diagnostic import Diagnostic
from compliance.language.fields import (
    ANYTHING,
    COUNT,
    SENTENCE,
    TEXT,
    WORDS,
    YES_NO,
    Choice,
    Field,
    Filled,
    Form,
    Found,
    ListOf,
    TableOf,
    Word,
    clipped,
    wrong_shape,
)
from compliance.language.node_values import json_of_node, value_of
from compliance.language.nodes import Broken, Node, Scalar, Table
from compliance.language.span import Span
from compliance.language.type_parser import TypeShape
from compliance.vocabulary import moments
from compliance.vocabulary.facts import Computed, Fact, Origin, RecordField, WithoutFeed
from compliance.vocabulary.formats import FORMATS
from compliance.vocabulary.ownership import NOBODY_OWNS
from compliance.vocabulary.reading import Records
from compliance.vocabulary.suggestions import did_you_mean
from compliance.vocabulary.types import DecimalType, FactType, IntType, ListType, RecordType, SetType, StringType


@dataclass(frozen=True, slots=True)
class LengthOfTime:
    """A duration."""

    expected: str = "a duration such as `90s`, `15m`, `24h` or `365d`"

    def take(self, node: Node, name: str, found: Found) -> timedelta | None:
        """Return the length of time, more than nothing."""
        word = TEXT.take(node, name, found)
        if word is None:
            return None
        length = moments.duration(word.value)
        if not length:
            message = f"`{clipped(word.value)}` is no duration"
            found.append(Diagnostic("bad-duration", message, word.span, help=f"write {self.expected}"))
            return None
        return length


NAME: Final = Word(
    "a name of small letters, digits and underscores",
    "[a-z][a-z0-9_]*",
    help="for instance `tax_residences`: it is a word of conditions, where a hyphen is a minus",
)
RECORD_NAME: Final = Word("the name of a record", "[A-Z][A-Za-z0-9]*", help="for instance `Owner`")
DURATION: Final = LengthOfTime()

TYPE: Final[Field[FactType]] = Field("type", TypeShape(), required=True)
MEANS: Final = Field("means", SENTENCE, required=True)
RECORD_MEANS: Final = Field("means", SENTENCE)
ASK: Final = Field("ask", SENTENCE)
OF: Final = Field("of", WORDS)
ORIGINS: Final = Field(
    "from", ListOf(Choice(tuple(Origin), "unknown-origin"), "an origin or a list of origins", or_one=True)
)
OPTIONAL: Final = Field("optional", YES_NO)
AT_LEAST: Final = Field("at_least", COUNT)
MINIMUM: Final = Field("minimum", TEXT)
MAXIMUM: Final = Field("maximum", TEXT)
FORMAT: Final = Field("format", Choice(tuple(FORMATS), "unknown-format"))
PERSONAL: Final = Field("personal", YES_NO)
CHANGEABLE: Final = Field("changeable", YES_NO)
STALE_AFTER: Final = Field("stale_after", DURATION)
RETIRED: Final = Field("retired", SENTENCE)
EXAMPLE: Final[Field[Node]] = Field("example", ANYTHING)
DEPTH: Final = Field("depth", COUNT)

FED_VALUE: Final[Field[Node]] = Field("value", ANYTHING, required=True)
FED_AUTHORITY: Final = citations(required=True)
WITHOUT_FEED: Final = Field("without_feed", Form("value without a feed", (FED_VALUE, FED_AUTHORITY)))

FUNCTION: Final = Field("function", Choice(("ownership",), "unknown-function"), required=True)
OVER: Final = Field("over", TEXT, required=True)
LISTED: Final = Field("listed", TEXT, required=True)
THRESHOLD: Final = Field("threshold", TEXT, required=True)
UNOWNED: Final = Field("unowned", WORDS)
COMPUTED: Final = Field("computed", Form("computation", (FUNCTION, OVER, LISTED, THRESHOLD, UNOWNED)))

FACT: Final = Form(
    "fact",
    (
        TYPE,
        MEANS,
        ASK,
        OF,
        ORIGINS,
        OPTIONAL,
        AT_LEAST,
        MINIMUM,
        MAXIMUM,
        FORMAT,
        PERSONAL,
        CHANGEABLE,
        STALE_AFTER,
        WITHOUT_FEED,
        COMPUTED,
        RETIRED,
        EXAMPLE,
    ),
)
FACTS: Final = TableOf(FACT, "a mapping of names to facts", NAME)

RECORD_FIELD: Final = Form(
    "field of a record", (TYPE, RECORD_MEANS, OPTIONAL, DEPTH, AT_LEAST, MINIMUM, MAXIMUM, FORMAT)
)


@dataclass(frozen=True, slots=True)
class _RecordField:
    """A field of a record: its type alone, or a mapping."""

    expected: str = "a type, or a mapping with `type`"

    def take(self, node: Node, name: str, found: Found) -> Filled | None:
        """Return the filled form; a type alone fills it."""
        match node:
            case Scalar():
                type_ = TYPE.shape.take(node, name, found)
                table = Table({}, node.span)
                return None if type_ is None else Filled(RECORD_FIELD, table, {"type": type_}, {})
            case Table():
                return RECORD_FIELD.take(node, name, found)
            case Broken():
                return None
            case _:
                wrong_shape(node, name, self.expected, found)
                return None


RECORD: Final = TableOf(_RecordField(), "a mapping of names to fields", NAME)
RECORDS: Final = Field("records", TableOf(RECORD, "a mapping of names to records", RECORD_NAME))


def type_of(filled: Filled, found: Found) -> FactType | None:
    """Return the type of a fact or field with its bounds and format; complain about what has no meaning for it."""
    type_ = filled.get(TYPE)
    if type_ is None:
        return None
    match type_:
        case IntType():
            low, high = _bound(filled, MINIMUM, type_, found), _bound(filled, MAXIMUM, type_, found)
            type_ = IntType(
                low if isinstance(low, int) else type_.minimum, high if isinstance(high, int) else type_.maximum
            )
        case DecimalType():
            low, high = _bound(filled, MINIMUM, type_, found), _bound(filled, MAXIMUM, type_, found)
            type_ = DecimalType(low if isinstance(low, Decimal) else None, high if isinstance(high, Decimal) else None)
        case StringType():
            type_ = StringType(filled.text(FORMAT))
        case _:
            pass
    if not isinstance(type_, IntType | DecimalType):
        misplaced(filled, (MINIMUM, MAXIMUM), "only `int` and `decimal` have bounds", found)
    elif type_.minimum is not None and type_.maximum is not None and type_.minimum > type_.maximum:
        message = f"nothing lies between {type_.minimum} and {type_.maximum}"
        found.append(Diagnostic("empty-range", message, filled.place(MAXIMUM), help="the maximum is the larger one"))
    if not isinstance(type_, StringType):
        misplaced(filled, (FORMAT,), "only `string` has a format", found)
    if not isinstance(type_, SetType | ListType):
        misplaced(filled, (AT_LEAST,), "only sets and lists have elements", found)
    return type_


def misplaced(filled: Filled, keys: tuple[Field[object], ...], why: str, found: Found) -> None:
    """Complain about keys that mean nothing for this type or origin; `why` says who has them."""
    for key in keys:
        if filled.gives(key):
            message = f"`{key.name}` means nothing here: {why}"
            found.append(Diagnostic("misplaced-key", message, filled.keys[key.name].span, help="take it out"))


def read_records(
    declared: tuple[tuple[Scalar, tuple[tuple[Scalar, Filled], ...]], ...], found: Found
) -> dict[str, dict[str, RecordField]]:
    """Return the record types by name; a field whose type is wrong is left out."""
    names = [name.value for name, _ in declared]
    records: dict[str, dict[str, RecordField]] = {}
    for record, fields in declared:
        made = records.setdefault(record.value, {})
        for name, filled in fields:
            type_ = type_of(filled, found)
            if type_ is None or not known_record(type_, names, _type_place(filled, name), found):
                continue
            if record_of(type_) is None:
                misplaced(filled, (DEPTH,), "only what is made of records has a depth", found)
            at_least = filled.get(AT_LEAST)
            made[name.value] = RecordField(
                name.value,
                type_,
                filled.text(RECORD_MEANS) or "",
                filled.get(OPTIONAL) or False,
                filled.get(DEPTH),
                1 if at_least is None else at_least,
            )
    _check_recursion(declared, records, found)
    return records


def _check_recursion(
    declared: tuple[tuple[Scalar, tuple[tuple[Scalar, Filled], ...]], ...], records: Records, found: Found
) -> None:
    """Complain about a record that can contain itself without an end."""
    edges = {
        name: {inside for field in fields.values() if field.depth is None and (inside := record_of(field.type))}
        for name, fields in records.items()
    }
    for record, declared_fields in declared:
        for key, _ in declared_fields:
            field = records[record.value].get(key.value)
            inner = None if field is None or field.depth is not None else record_of(field.type)
            if inner is not None and record.value in _reached(inner, edges):
                message = f"`{key.value}` lets a record `{record.value}` contain itself without an end"
                cure = "add `depth:` with how deep it may go, for instance `depth: 8`"
                found.append(Diagnostic("recursion-without-depth", message, key.span, help=cure))


def _reached(start: str, edges: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(edges.get(name, ()))
    return reached


def record_of(type_: FactType) -> str | None:
    """Return the name of the record that a type is made of, or `None`."""
    if isinstance(type_, ListType):
        type_ = type_.element
    return type_.name if isinstance(type_, RecordType) else None


def known_record(type_: FactType, names: list[str], span: Span, found: Found) -> bool:
    """Say whether the record that a type is made of is declared; complain if it is not."""
    name = record_of(type_)
    if name is None or name in names:
        return True
    cure = did_you_mean(name, names) or "declare it under `records:`"
    found.append(Diagnostic("unknown-record", f"nothing declares the record `{name}`", span, help=cure))
    return False


def _type_place(filled: Filled, name: Scalar) -> Span:
    return filled.place(TYPE) if filled.gives(TYPE) else name.span


def _bound(filled: Filled, key: Field[Scalar], type_: IntType | DecimalType, found: Found) -> object:
    word = filled.get(key)
    return None if word is None else value_of(Scalar(word.value, word.span), type_, {}, found)


@dataclass(frozen=True, slots=True)
class FactReader:
    """Reads facts for one vocabulary: what kinds and records there are, and who is cited."""

    kinds: Mapping[str, object]
    records: Records
    library: Library

    def read(self, path: str, order: int, name: Scalar, filled: Filled, found: Found) -> Fact | None:
        """Return the fact at `path`, or `None` if its type is unknown; its computation is checked later."""
        type_ = type_of(filled, found)
        if type_ is None or not known_record(type_, list(self.records), _type_place(filled, name), found):
            return None
        origins = tuple(dict.fromkeys(Origin(word.value) for word in filled.get(ORIGINS) or ())) or (Origin.REQUEST,)
        at_least = filled.get(AT_LEAST)
        fact = Fact(
            path=path,
            type=type_,
            means=filled.text(MEANS) or "",
            order=order,
            ask=filled.text(ASK),
            kinds=self._kinds(filled, path, found),
            origins=origins,
            optional=filled.get(OPTIONAL) or False,
            at_least=1 if at_least is None else at_least,
            personal=filled.get(PERSONAL) or False,
            changeable=filled.get(CHANGEABLE) or False,
            stale_after=filled.get(STALE_AFTER),
            retired=filled.text(RETIRED),
        )
        if Origin.FEED not in origins:
            misplaced(filled, (WITHOUT_FEED,), "only a fact `from: feed` is fed", found)
        if (Origin.COMPUTED in origins) != filled.gives(COMPUTED):
            self._computed_alone(filled, name, found)
        return replace(
            fact,
            without_feed=self._without_feed(filled, fact, found),
            computed=self._computed(filled, found),
            example=self._example(filled, fact, found),
        )

    def _kinds(self, filled: Filled, path: str, found: Found) -> frozenset[str] | None:
        words = filled.get(OF)
        if words is None:
            return None
        if not path.startswith("subject."):
            misplaced(filled, (OF,), "only facts of the subject are of a kind", found)
            return None
        for word in words:
            if word.value not in self.kinds:
                message = f"there is no kind of subject `{clipped(word.value)}`"
                cure = did_you_mean(word.value, self.kinds)
                found.append(Diagnostic("unknown-kind", message, word.span, help=cure))
        return frozenset(word.value for word in words if word.value in self.kinds)

    def _without_feed(self, filled: Filled, fact: Fact, found: Found) -> WithoutFeed | None:
        stated = filled.get(WITHOUT_FEED)
        node = None if stated is None else stated.get(FED_VALUE)
        if stated is None or node is None:
            return None
        authority = self.library.cite(stated.get(FED_AUTHORITY) or (), found)
        if fact.optional and isinstance(node, Scalar) and node.is_null:
            return WithoutFeed(None, authority)
        value = value_of(node, fact.type, self.records, found, at_least=fact.at_least)
        return None if value is None else WithoutFeed(value, authority)

    def _computed(self, filled: Filled, found: Found) -> Computed | None:
        stated = filled.get(COMPUTED)
        if stated is None:
            return None
        function, over, listed, word = (stated.text(key) for key in (FUNCTION, OVER, LISTED, THRESHOLD))
        if function is None or over is None or listed is None or word is None:
            return None
        bounds = DecimalType(Decimal(0), Decimal(100))
        threshold = value_of(Scalar(word, stated.place(THRESHOLD)), bounds, {}, found)
        if threshold is None:
            return None
        unowned = stated.get(UNOWNED)
        kinds = NOBODY_OWNS if unowned is None else frozenset(word.value for word in unowned)
        return Computed(function, over, listed, threshold, kinds)

    def _computed_alone(self, filled: Filled, name: Scalar, found: Found) -> None:
        if filled.gives(COMPUTED):
            misplaced(filled, (COMPUTED,), "only a fact `from: computed` is computed", found)
        else:
            message = f"nothing says how `{name.value}` is computed"
            cure = "add `computed: {function: ownership, over: ..., listed: ..., threshold: ...}`"
            found.append(Diagnostic("missing-field", message, filled.place(ORIGINS), help=cure))

    def _example(self, filled: Filled, fact: Fact, found: Found) -> object:
        node = filled.get(EXAMPLE)
        if node is None or (isinstance(node, Scalar) and node.is_null and fact.optional):
            return None
        if value_of(node, fact.type, self.records, found, at_least=fact.at_least) is None:
            return None
        return json_of_node(node, fact.type, self.records)
