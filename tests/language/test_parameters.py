from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from compliance.vocabulary.types import IntType, MoneyType
from compliance.vocabulary.values import Money
from tests.language.small import found, loaded

LIMIT = """\
parameter: limit
means: the most
type: {type}
values:
  - {{value: {one}, effective: {{from: 2025-01-01, through: 2025-12-31}}, authority: [act]}}
  - {{value: {two}, effective: {{from: 2026-01-01}}, authority: [act], review_by: 2026-06-30}}
"""


def values(type, one, two):
    rulebook = loaded({"rules/extra.yaml": LIMIT.format(type=type, one=one, two=two)})
    return [value for value in rulebook.parameters if value.name == "limit"]


def test_each_value_has_its_period_its_source_and_its_review():
    one, two = values("int", 1, 2)
    assert (one.value, two.value) == (1, 2)
    assert one.type == IntType()
    assert one.effective.end == two.effective.start == datetime(2026, 1, 1, tzinfo=UTC)
    assert one.authority[0].title == "Act"
    assert (one.review_by, two.review_by) == (None, datetime(2026, 7, 1, tzinfo=UTC))
    assert one.means == "the most"


def test_the_currency_is_part_of_the_type_where_all_values_agree():
    one, two = values("money", "1000.00 EUR", "2000 EUR")
    assert one.value == Money(Decimal("1000.00"), "EUR")
    assert {one.type, two.type} == {MoneyType("EUR")}
    assert {value.type for value in values("money", "1000.00 EUR", "2000 USD")} == {MoneyType()}


def test_a_set_may_be_a_parameter():
    assert values("set<territory>", "[BR, NO]", "[BR]")[0].value == frozenset({"BR", "NO"})


def test_a_gap_is_allowed_where_the_file_says_why():
    gap = LIMIT.format(type="int", one=1, two=2).replace("2025-12-31", "2025-06-30")
    assert found({"rules/extra.yaml": gap}) == [("period-gap", "2")]
    assert found({"rules/extra.yaml": gap + "gaps: nothing was decided for the summer\n"}) == []


def test_a_jurisdiction_has_parameters_of_its_own():
    page = "jurisdiction: LI\nname: Liechtenstein\nparameters:\n  - " + LIMIT.format(type="int", one=3, two=4).replace(
        "\n", "\n    "
    )
    rulebook = loaded({"rules/extra.yaml": LIMIT.format(type="int", one=1, two=2), "jurisdictions/LI.yaml": page})
    assert {(value.jurisdiction, value.value) for value in rulebook.parameters} == {
        (None, 1),
        (None, 2),
        ("LI", 3),
        ("LI", 4),
    }


def test_a_jurisdictions_parameter_has_the_type_of_the_whole_rulebooks():
    page = "jurisdiction: LI\nname: Liechtenstein\nparameters:\n  - " + LIMIT.format(
        type="decimal", one="0.5", two=1
    ).replace("\n", "\n    ")
    files = {"rules/extra.yaml": LIMIT.format(type="int", one=1, two=2), "jurisdictions/LI.yaml": page}
    assert found(files) == [("types-differ", "limit")]


def test_reading_a_parameter_that_could_not_be_read_is_no_second_mistake():
    rule = (
        "- rule: example\n  effect: forbid\n  actions: [entry]\n  says: an example\n  authority: [act]\n"
        '  when: 5 > parameter("limit")\n'
    )
    files = {"rules/extra.yaml": LIMIT.format(type="int", one="many", two="more"), "rules/other.yaml": rule}
    assert found(files) == [("bad-value", "many"), ("bad-value", "more")]
