"""What a fact's type takes from the wire is what the decoder's reader makes of it, or nothing."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from random import Random

import msgspec
import pytest

from compliance.engine.wire_types import Unusual, commas_in, sendable, spelling
from compliance.vocabulary.facts import Fact, Zone
from compliance.vocabulary.reading import Refused, read_value
from compliance.vocabulary.types import (
    BOOL,
    CURRENCY,
    DATE,
    DECIMAL,
    DURATION,
    INT,
    MONEY,
    STRING,
    TERRITORY,
    TIMESTAMP,
    DecimalType,
    FactType,
    IntType,
    ListType,
    MoneyType,
    OneOfType,
    RecordType,
    SetType,
    StringType,
)
from tests.engine.small_venue import VOCABULARY
from tests.engine.wire_bodies import NASTY, Bodies, same

TYPES: tuple[FactType, ...] = (
    *(BOOL, INT, DECIMAL, STRING, TERRITORY, CURRENCY, MONEY, DATE, TIMESTAMP, DURATION),
    *(IntType(0, 12), IntType(-(2**70), 2**70), DecimalType(Decimal(0), Decimal(100)), MoneyType("EUR")),
    *(StringType("isin"), StringType("solana-address"), OneOfType(("clear", "true")), OneOfType(("a,b", "é"))),
    *(SetType(TERRITORY), SetType(STRING), SetType(INT), SetType(DECIMAL), SetType(OneOfType(("a,b",)))),
    *(ListType(RecordType("Owner")), RecordType("FxRate")),
)
MORE = tuple(json.dumps(Bodies(VOCABULARY, {}, Random(seed)).value(type_)) for seed in range(20) for type_ in TYPES)


def plain(text: str) -> bool:
    return text.isascii() and "\\" not in text and "\x7f" not in text


@pytest.mark.parametrize("type_", TYPES, ids=str)
@pytest.mark.parametrize("at_least", [0, 1])
def test_a_value_that_is_taken_is_the_value_that_the_decoder_reads(type_: FactType, at_least: int) -> None:
    found = spelling(Fact("subject.x", type_, "", 0, at_least=at_least), VOCABULARY)
    read = msgspec.json.Decoder(found.type).decode
    taken = 0
    for text in dict.fromkeys(filter(plain, (*NASTY, *MORE))):
        try:
            made = read(text.encode())
            if made is None:
                continue
            value = made if found.read is None else found.read(made)
            commas = eval(found.commas, {"commas_in": commas_in}, {"v": made}) if found.commas else 0  # noqa: S307
        except (msgspec.MsgspecError, ValueError, KeyError, TypeError, RecursionError):
            continue
        if text.count(",") != commas:
            continue
        taken += 1
        expected = read_value(type_, json.loads(text), records=VOCABULARY.records, at_least=at_least)
        assert same(value, expected), text
    assert taken, "nothing is taken"


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_only_an_optional_fact_may_be_null(type_: FactType) -> None:
    must, may = (spelling(Fact("subject.x", type_, "", 0, optional=optional), VOCABULARY) for optional in (False, True))
    assert msgspec.json.decode(b"null", type=may.type) is None
    # `Any` takes null; the function that is written for a kind refuses it.
    if "Any" not in str(must.type):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b"null", type=must.type)


def test_a_quick_reading_is_the_careful_one():
    found = spelling(Fact("subject.x", TIMESTAMP, "", 0), VOCABULARY)
    assert found.read is not None
    names = {"read": found.read, "from_iso": datetime.fromisoformat}
    for text in filter(plain, (*NASTY, *MORE)):
        try:
            given = json.loads(text)
            if not isinstance(given, str):
                continue
            quick = eval(found.quick, names, {"v": given})  # noqa: S307
        except (ValueError, RecursionError):
            continue
        assert same(quick, read_value(TIMESTAMP, given, records={}))


def test_facts_that_need_more_than_their_value_are_not_taken():
    taken = {fact.path for zone in Zone for fact in sendable(VOCABULARY, zone)}
    assert "subject.residence" in taken
    assert taken.isdisjoint(
        {"subject.verified", "subject.nickname", "subject.blocked", "resource.halted", "context.mark"}
    )


def test_commas_are_counted_in_any_value():
    for text in ("1", '"a,b"', "[]", "[1,2]", '{"a,":[{},{"b":","}],"c":null}'):
        assert commas_in(json.loads(text)) == text.count(",")


def test_evidence_is_unusual():
    found = spelling(Fact("subject.x", RecordType("FxRate"), "", 0), VOCABULARY)
    assert found.read is not None
    with pytest.raises(Unusual):
        found.read({"value": {}})
    with pytest.raises(Refused):
        found.read({"no": 1})
