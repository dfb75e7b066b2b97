"""A table's rows get the answers that their bodies get."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.book import Book
from compliance.engine.decision import Outcome
from compliance.engine.decoder import FedValue, Surroundings
from compliance.engine.many import Answerer
from compliance.engine.rows import Rows
from compliance.language.expression import FactRef
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE
from compliance.vocabulary.types import BOOL
from tests.engine.small_venue import NOW, RULEBOOK
from tests.engine.test_many import bodies, book, same, usual
from tests.engine.wire_bodies import Bodies

pa: Any = pytest.importorskip("pyarrow")


def table(asked: list[Any]) -> Any:
    """The same requests as columns."""
    return pa.table(laid_out(asked))


def laid_out(asked: list[Any]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for number, body in enumerate(asked):
        row: dict[str, Any] = {f"{part}.{name}": body[part].get(name) for part in PARTS for name in PARTS[part]}
        zones = {part: body[part].get("properties", {}) for part in PARTS} | {"context": body.get("context", {})}
        row |= {f"{zone}.{name}": value for zone, facts in zones.items() for name, value in facts.items()}
        for name, value in row.items():
            columns.setdefault(name, [None] * len(asked))[number] = value
    return columns


PARTS = {"subject": ("type", "id"), "action": ("name",), "resource": ("type", "id")}
PERSON = {
    "subject.type": ["person"],
    "action.name": ["buy"],
    "resource.type": ["instrument"],
    "resource.id": ["AAPLx"],
}
PERMIT = Rule("open", Effect.PERMIT, "open", frozenset({"buy", "sell", "transfer"}), (), NOWHERE)


def small(columns: dict[str, list[Any]]) -> Any:
    return Book(replace(RULEBOOK, rules=(PERMIT,))).at(NOW).decide_many(pa.table(columns))


def test_a_table_gets_the_answers_that_its_bodies_get():
    asked = bodies(200) + usual(200)
    found = book().decide_many(table(asked))
    expected = book().decide_many(asked)
    assert found == expected
    assert len({each.outcome for each in found}) >= 4
    assert book().decide_many(table(asked).slice(7, 50)) == expected[7:57]


ODD = ("", "USA", "UK", "us", "PR", "US-PR", "\u00e9", "a\u0000", "F_subject_residence", "None")


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_rows_of_any_table_get_the_answers_that_their_bodies_get(seed: int) -> None:
    random = Random(seed)
    ruleset = book().ruleset
    catalogued = {name: tuple(list(entries)[:3]) for name, entries in ruleset.rulebook.catalogue.items()}
    few = usual(200)
    asked = [
        random.choice(few) if random.random() < 0.5 else Bodies(ruleset.vocabulary, catalogued, random).body()
        for _ in range(40)
    ]
    columns = laid_out(asked)
    for name, values in columns.items():
        for row in range(len(asked)):
            chance = random.random()
            if chance < 0.01:
                values[row] = random.choice(values)
            elif chance < 0.015:
                values[row] = None
            elif chance < 0.017 and isinstance(values[row], str) and name != "subject.type":
                values[row] = random.choice(ODD)
    made = pa.table(columns)
    answerer = Answerer(book().compiler, book().book.warm(NOW), Surroundings(NOW))
    rows = Rows(book().compiler, answerer, made)
    found = rows.answers()
    alone = book().decide_many([rows.columns.body(row) for row in range(len(asked))])
    assert all(same(one, other) for one, other in zip(found, alone, strict=True))


def test_cells_that_cannot_be_read_refuse_their_row_with_the_same_problems():
    asked = bodies(60)
    for number, value in ((3, "USA"), (5, "UK"), (8, "US-PR"), (9, "")):
        asked[number]["context"] = {"location": value}
    asked[11]["action"]["name"] = "steal"
    asked[12]["resource"]["id"] = "nothing"
    asked[13]["subject"]["id"] = ""
    asked[14]["subject"]["type"] = "robot"
    asked[15]["context"] = {"channel": "App"}
    found = book().decide_many(table(asked))
    assert all(same(one, other) for one, other in zip(found, book().decide_many(asked), strict=True))
    assert [number for number, each in enumerate(found) if each.refused is not None] == [3, 5, 9, 11, 13, 14, 15]


def test_a_fact_of_another_kind_refuses_its_row():
    asked = usual(2)
    columns = table(asked).append_column("subject.governing_law", pa.array(["JE", None]))
    assert [each.refused is None for each in book().decide_many(columns)] == [False, True]


def test_arrow_types_say_what_texts_say():
    columns = PERSON | {"subject.residence": ["BR"], "subject.score": [Decimal("1.5")]}
    assert small(columns)[0].grounds == ("open",)
    columns["subject.score"] = [1.5]
    refused = small(columns)[0].refused
    assert refused is not None
    assert [problem.pointer for problem in refused.problems] == ["/subject/properties/score"]


def test_facts_that_need_more_than_their_value_are_read_as_the_decoder_reads_them():
    company = PERSON | {"subject.type": ["company"], "subject.id": ["acme"], "subject.seats": [["BR", "DE"]]}
    owners = company | {"subject.owners": [[{"id": "x", "share": "60", "listed": True}]]}
    for columns in (company, owners, PERSON | {"subject.residence": ["BR"], "subject.verified": [True]}):
        assert [each.grounds for each in small(columns)] == [("open",)]
    isin = PERSON | {"subject.residence": ["BR"], "resource.isin": ["US88160R1014"]}
    assert [each.grounds for each in small(isin)] == [()]


def test_companies_are_answered_by_their_columns_with_what_is_computed_of_their_owners():
    asked: list[Any] = []
    for share, listed in (("60", True), ("60", False), ("160", True), (None, True)):
        company = {"type": "company", "id": "acme-2", "properties": {"seats": ["BR"]}}
        if share is not None:
            company["properties"]["owners"] = [{"id": "x", "share": share, "listed": listed}]
        asked.append({"subject": company, "action": {"name": "buy"}, "resource": {"type": "instrument", "id": "AAPLx"}})
    blocked = Rule("blocked", Effect.FORBID, "b", PERMIT.actions, (), NOWHERE, when=FactRef("subject.blocked", BOOL))
    made = Book(replace(RULEBOOK, rules=(PERMIT, blocked))).at(NOW)
    found = made.decide_many(table(asked))
    # Who owns the owner that is not listed is not on file, as it is where no owner is.
    assert [each.outcome for each in found] == [Outcome.DENY, Outcome.INCOMPLETE, None, Outcome.INCOMPLETE]
    assert all(same(one, other) for one, other in zip(found, made.decide_many(asked), strict=True))
    rows = Rows(made.compiler, Answerer(made.compiler, made.book.warm(NOW), Surroundings(NOW)), table(asked))
    # Only the owners of more than the whole need the decoder, which says what is wrong with them.
    assert rows.unusual() == {2}


def test_what_feeds_say_counts():
    made = book()
    columns = pa.table(
        {
            "subject.type": ["natural-person"],
            "subject.residence": ["BR"],
            "action.name": ["buy"],
            "resource.type": ["instrument"],
            "resource.id": ["AAPLx"],
        }
    )
    fed = {("resource.halted", "*"): FedValue(True, datetime(2030, 1, 1, tzinfo=UTC))}
    answerer = Answerer(made.compiler, made.book.warm(NOW), Surroundings(NOW, fed=fed))
    assert any("halted" in rule for rule in Rows(made.compiler, answerer, columns).answers()[0].grounds)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (PERSON | {"subject.residense": ["BR"]}, "did you mean `subject.residence`"),
        ({name: PERSON[name] for name in list(PERSON)[1:]}, "`subject.type` is missing"),
    ],
)
def test_a_table_of_other_columns_is_refused_whole(columns: dict[str, list[Any]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        small(columns)


def test_a_table_without_rows_has_no_answers():
    assert book().decide_many(table(bodies(3)).slice(0, 0)) == []
