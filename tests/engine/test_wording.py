"""A condition is said in words that an officer would use, and nothing of it is left out."""

from datetime import UTC, datetime

import pytest

from compliance import load
from compliance.engine.book import Book
from compliance.engine.wording import Named, Wording
from compliance.language.expression import FactRef, ParameterRef, walk
from tests.language import small

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
RULE = """\
- rule: asked
  effect: forbid
  actions: [entry]
  when: {when}
  says: it does not matter
  authority: [act]
"""
COMPANY = RULE.replace("  when", "  subjects: [company]\n  when")


def worded(when, rule=RULE):
    """Return the words of a condition of the small rulebook."""
    book = Book(small.loaded({"rules/tests/asked.yaml": rule.format(when=when)}))
    found = next(rule for rule in book.rulebook.rules if rule.id == "asked")
    return Wording(book.at(NOW).ruleset, found.kinds).condition(found.when)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("subject.tested", "passed the test"),
        ("'!subject.tested'", "it is not so that passed the test"),
        ("subject.tested == false", "it is not so that passed the test"),
        ("subject.skilled", "“skilled”: passed the test"),
        ("'!subject.skilled'", "not “skilled”: passed the test"),
        ('resource.colour == "red"', "“colour” is red"),
        ("'!(resource.colour == \"red\")'", "“colour” is not red"),
        ('resource.colour in ["red", "blue"]', "“colour” is red or blue"),
        ('\'!(resource.colour in ["red", "blue"])\'', "“colour” is none of red or blue"),
        ('subject.homes.exists(h, h.within("CH"))', "among the homes, one is in Switzerland"),
        ('subject.homes.all(h, h.within("alps"))', "among the homes, each one is in alps"),
        ("'!subject.homes.exists(h, h.within(\"CH\"))'", "among the homes, none is in Switzerland"),
        ("'!subject.homes.all(h, h.within(\"CH\"))'", "among the homes, not each one is in Switzerland"),
        ("has(resource.isin)", "“isin” is given"),
        ("'!has(resource.isin)'", "“isin” is not given"),
        ('has(resource.isin) && resource.isin.startsWith("CH")', None),
        ('context.time >= timestamp("2026-01-01T00:00:00Z")', "the time of the decision is not before 1 January 2026"),
        ('context.time - timestamp("2026-01-01T00:00:00Z") > duration("36h")', None),
        ('resource.id.endsWith("x")', "the id ends with x"),
        ("'resource.halted ? subject.tested : resource.colour == \"red\"'", None),
    ],
)
def test_a_term_is_said(when, said):
    words = worded(when)
    if said is not None:
        assert words.text == said
    assert "Expression" not in everything(words)


def everything(words):
    return words.text + "".join(everything(part) for part in words.parts)


def test_terms_that_belong_together_stay_together():
    words = worded("{all: [subject.tested, {any: [subject.skilled, resource.halted]}]}")
    assert words.join == "all"
    assert [part.join for part in words.parts] == ["", "any"]
    assert [part.text for part in words.parts[1].parts] == ["“skilled”: passed the test", "stopped"]


def test_none_is_said_as_none_and_a_negated_all_as_any_of_the_opposites():
    none = worded("{none: [subject.tested, resource.halted]}")
    assert (none.join, [part.text for part in none.parts]) == ("none", ["passed the test", "stopped"])
    either = worded("'!(subject.tested && resource.halted)'")
    assert either.join == "any"
    assert [part.text for part in either.parts] == [
        "it is not so that passed the test",
        "it is not so that stopped",
    ]


def test_what_the_officer_said_is_what_is_said():
    words = worded('{any: [{is: resource.halted, says: "trading stands still"}, subject.tested]}')
    assert [part.text for part in words.parts] == ["trading stands still", "passed the test"]
    assert words.parts[0].source == "resource.halted"


def test_a_field_of_a_record_is_its():
    text = worded('subject.owners.exists(o, o.share > decimal("10"))', COMPANY).text
    assert text == "among “owners”, this holds for one: its share is more than 10"


def test_a_sum_says_over_what():
    text = worded('subject.owners.sum(o, o.share) >= decimal("50")', COMPANY).text
    assert text == "the sum of its share over “owners” is at least 50"


def test_a_parameter_is_said_with_the_value_in_force():
    ruleset = load().at(NOW).ruleset
    rule = next(rule for rule in ruleset.rules if rule.id == "screening-fresh")
    assert "“screening max age” (24 hours)" in everything(Wording(ruleset).condition(rule.needs))


def test_every_condition_of_the_shipped_rulebook_can_be_said_and_names_every_fact_in_it():
    book = load()
    ruleset = book.at(NOW).ruleset
    for rule in book.rulebook.rules:
        wording = Wording(ruleset, rule.kinds)
        for condition in (rule.when, rule.needs):
            if condition is None:
                continue
            words = wording.condition(condition)
            named = set(names(words))
            facts = {node.path for node in walk(condition) if isinstance(node, FactRef)}
            said = everything(words)
            assert "None" not in said
            # What an officer said in his own words may leave a name out; nothing else may.
            if not any(part.source and not list(names(part)) for part in leaves(words)):
                assert facts & set(ruleset.vocabulary.facts) <= named, rule.id
            parameters = {node.name for node in walk(condition) if isinstance(node, ParameterRef)}
            assert parameters <= named or not parameters


def names(words):
    yield from (run.name for run in words.runs if isinstance(run, Named))
    for part in words.parts:
        yield from names(part)


def leaves(words):
    return [words] if not words.parts else [leaf for part in words.parts for leaf in leaves(part)]
