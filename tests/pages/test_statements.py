"""A statement is what an officer wrote once, however many rules it means and however often it changed."""

from datetime import UTC, datetime

from compliance.pages.statements import Statements
from tests.language.small import loaded

RULE = """\
- rule: {id}
  effect: forbid
  actions: [entry]
  when: subject.tested
  says: {says}
  authority: [act]
  effective: {period}
"""


def test_a_position_is_one_statement(material, book):
    one = material.statements.by_id["BR/law-xstocks"]
    assert (one.is_position, one.layer, one.product, one.jurisdiction) == (True, "law", "xstocks", "BR")
    assert one.versions[0].does == "review"
    assert {
        material.statements.of_rule(rule.id).id for rule in book.rulebook.rules if rule.id.startswith("BR/law-xs")
    } == {"BR/law-xstocks"}


def test_every_rule_of_every_ruleset_comes_from_a_statement(material, book):
    for edge in book.timeline.edges:
        for rule in book.timeline.at(edge).rules:
            assert material.statements.of_rule(rule.id)


def test_every_rule_and_every_position_has_a_statement(material, book):
    ids = {rule.id for rule in book.rulebook.rules if not rule.from_position}
    assert ids <= set(material.statements.by_id)
    positions = [one for one in material.statements.by_id.values() if one.is_position and one.jurisdiction]
    assert sum(len(one.versions) for one in positions) == len(book.rulebook.positions)


def test_a_rule_that_is_stated_again_is_one_statement_with_two_versions():
    text = RULE.format(id="no", says="as it was", period="{from: 2025-01-01, through: 2025-12-31}")
    text += RULE.format(id="no", says="as it is", period="{from: 2026-02-01}")
    one = Statements(loaded({"rules/tests/more.yaml": text})).by_id["no"]
    assert [version.says for version in one.versions] == ["as it was", "as it is"]
    assert one.at(datetime(2025, 6, 1, tzinfo=UTC)).says == "as it was"
    assert one.at(datetime(2026, 1, 15, tzinfo=UTC)) is None
    assert one.nearest(datetime(2026, 1, 15, tzinfo=UTC)).says == "as it was"
    assert one.nearest(datetime(2024, 1, 15, tzinfo=UTC)).says == "as it was"
    assert one.nearest(datetime(2026, 3, 1, tzinfo=UTC)).says == "as it is"


def test_a_case_names_a_statement_by_its_id_or_the_beginning_of_one(material):
    named = material.statements.named
    assert [one.id for one in named("EEA/questionnaire")] == ["EEA/questionnaire"]
    assert [one.id for one in named("BR/law-xstocks/entry-refer")] == ["BR/law-xstocks"]
    assert list(named("BR")) == []
