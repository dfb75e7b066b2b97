"""A case on a page says who asks, with which facts, and what must come out."""

from compliance.pages.examples import in_words
from compliance.vocabulary.types import TERRITORY, TIMESTAMP, SetType


def test_a_case_shows_the_facts_that_its_rules_read(material):
    rows = material.examples.of_statement("EEA/questionnaire")
    row = next(one for one in rows if one.sentence == "nor if he failed it")
    assert (row.homes, row.action, row.outcome) == (("DE",), "buy", "incomplete")
    assert [(fact.name, fact.value) for fact in row.facts] == [("appropriateness questionnaire", "failed")]
    assert row.source.startswith("jurisdictions/groups/EEA.cases.yaml:")


def test_a_written_case_with_many_homes_is_one_row(material, book):
    assert len(material.examples.all) == book.rulebook.written_cases
    assert max(len(row.homes) for row in material.examples.all) > 10


def test_a_place_has_the_cases_of_those_who_live_there_or_in_a_region_of_it(material):
    assert {home for row in material.examples.of_place("BR") for home in row.homes} >= {"BR"}
    assert any("UA-43" in row.homes for row in material.examples.of_place("UA"))


def test_every_rule_is_named_by_a_case(material):
    unnamed = [
        id_
        for id_, one in material.statements.by_id.items()
        if not one.is_position and not material.examples.of_statement(id_)
    ]
    assert unnamed == []


def test_values_are_written_as_people_write_them():
    assert in_words(True) == "yes"
    assert in_words([], SetType(TERRITORY)) == "none"
    assert in_words(["MX", "NO"], SetType(TERRITORY)) == "Mexico, Norway"
    assert in_words("UA-43", TERRITORY) == "Avtonomna Respublika Krym"
    assert in_words({"amount": "1000.00", "currency": "EUR"}) == "EUR 1,000"
    assert in_words({"value": "passed", "attested_by": "someone"}) == "passed"
    assert in_words([{"home": "DE", "is_professional": False}]) == "home: DE, is professional: no"
    assert in_words("2026-09-01T09:00:00Z", TIMESTAMP) == "1 September 2026, 09:00 UTC"
