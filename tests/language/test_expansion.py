from __future__ import annotations

import pytest

from compliance.language.expression import And, DefinitionRef, Leaf, Not
from compliance.language.rulebook import Effect, HomeScope
from compliance.vocabulary.period import ALWAYS
from compliance.vocabulary.types import BOOL
from tests.language.small import DEFINITIONS, PRODUCTS, SWITZERLAND, found, loaded, vocabulary


def page(*positions, more=""):
    lines = "".join(f"  - {{{position}, authority: [act]}}\n" for position in positions)
    return {"jurisdictions/LI.yaml": f"jurisdiction: LI\nname: Liechtenstein\npositions:\n{lines}{more}"}


def rules(*positions, more=""):
    made = loaded(page(*positions, more=more)).rules
    return {rule.id: rule for rule in made if rule.jurisdiction == "LI"}


def effects(*positions):
    return {name: rule.effect.value for name, rule in rules(*positions).items()}


OPEN = "layer: venue, product: shares, access: open"


def test_each_class_of_actions_becomes_a_rule_by_the_vocabularys_table():
    assert effects(OPEN) == {"LI/venue-shares/entry-permit": "permit", "LI/venue-shares/exit-permit": "permit"}
    assert effects(OPEN.replace("open", "closed")) == {
        "LI/venue-shares/entry-forbid": "forbid",
        "LI/venue-shares/exit-permit": "permit",
    }


def test_a_position_about_several_products_is_as_many_positions():
    products = PRODUCTS + "- {product: bonds, name: Bonds, authority: [house]}\n"
    made = loaded({**page(OPEN.replace("shares", "[shares, bonds]")), "rules/products.yaml": products})
    assert [(each.product, each.access) for each in made.positions if each.jurisdiction == "LI"] == [
        ("shares", "open"),
        ("bonds", "open"),
    ]
    assert {(rule.id, rule.product) for rule in made.rules if rule.jurisdiction == "LI"} == {
        ("LI/venue-shares/entry-permit", "shares"),
        ("LI/venue-shares/exit-permit", "shares"),
        ("LI/venue-bonds/entry-permit", "bonds"),
        ("LI/venue-bonds/exit-permit", "bonds"),
    }


def test_a_position_names_each_product_once_and_only_products_that_there_are():
    assert found(page(OPEN.replace("shares", "[shares, shares]"))) == [("duplicate-value", "shares")]
    assert found(page(OPEN.replace("shares", "[shares, bonds]"))) == [("unknown-product", "bonds")]


def test_a_second_effect_beside_a_permit_is_a_rule_of_its_own():
    assert effects(OPEN.replace("open", "watched")) == {
        "LI/venue-shares/entry-permit": "permit",
        "LI/venue-shares/entry-refer": "refer",
        "LI/venue-shares/exit-permit": "permit",
    }


def test_a_permit_that_depends_on_a_definition_forbids_where_it_does_not_hold():
    made = rules(OPEN.replace("open", "skilled"))
    permit, forbid = made["LI/venue-shares/entry-permit"], made["LI/venue-shares/entry-forbid"]
    assert permit.when == Leaf(DefinitionRef("subject.skilled", None, BOOL), "subject.skilled")
    assert permit.when is not None
    assert forbid.when == Not(permit.when)
    assert made["LI/venue-shares/exit-permit"].when is None


def test_the_jurisdictions_own_definition_comes_first():
    more = "definitions:\n  - {define: subject.skilled, means: by law, is: has(subject.partner)}\n"
    when = rules(OPEN.replace("open", "skilled"), more=more)["LI/venue-shares/entry-permit"].when
    assert isinstance(when, Leaf)
    assert when.term == DefinitionRef("subject.skilled", "LI", BOOL)


def test_what_a_position_is_about_is_what_its_rules_are_about():
    made = rules(
        OPEN
        + ", except: [alps], when: resource.halted, says: only these, effective: {from: 2026-01-01}, review_by: 2026-12-31"
    )
    rule = made["LI/venue-shares/entry-permit"]
    assert rule.home == HomeScope("LI", ("alps",))
    assert (rule.product, rule.layer, rule.says, rule.from_position) == ("shares", "venue", "only these", True)
    assert rule.actions == frozenset({"buy"})
    assert rule.when is not None
    assert rule.effective is not None
    assert rule.effective != ALWAYS
    assert rule.review_by is not None
    assert [each.title for each in rule.authority] == ["Act"]


def test_the_condition_of_a_position_joins_that_of_its_access():
    when = rules(OPEN.replace("open", "skilled") + ", when: resource.halted")["LI/venue-shares/entry-forbid"].when
    assert isinstance(when, And)
    assert isinstance(when.terms[1], Not)


def test_a_name_tells_two_positions_of_one_layer_and_product_apart():
    named = OPEN.replace("open", "closed") + ", name: halted, when: resource.halted"
    assert set(effects(OPEN, named)) == {
        "LI/venue-shares/entry-permit",
        "LI/venue-shares/exit-permit",
        "LI/venue-shares-halted/entry-forbid",
        "LI/venue-shares-halted/exit-permit",
    }
    assert found(page(OPEN, OPEN.replace("open", "closed"))) == [("duplicate-position", "closed")]


def test_positions_may_follow_each_other_in_time():
    early, late = (
        OPEN + ", effective: {through: 2025-12-31}",
        OPEN.replace("open", "closed") + ", effective: {from: 2026-01-01}",
    )
    assert found(page(early, late)) == []
    assert len(loaded(page(early, late)).positions) == 3
    assert found(page(early, late.replace("2026-01-01", "2025-12-31"))) == [("overlapping-periods", "closed")]


def test_a_position_without_a_sentence_says_what_it_is():
    assert rules(OPEN)["LI/venue-shares/entry-permit"].says == "Shares in Liechtenstein: open (venue)"


def test_a_position_without_a_sentence_says_what_its_access_says():
    files = page(OPEN) | vocabulary("open: {entry", "open: {says: all may, entry")
    assert {rule.says for rule in loaded(files).rules if rule.jurisdiction == "LI"} == {"all may"}


def test_a_position_is_kept_beside_its_rules():
    position = next(each for each in loaded(page(OPEN)).positions if each.jurisdiction == "LI")
    assert (position.layer, position.product, position.access, position.effective) == (
        "venue",
        "shares",
        "open",
        ALWAYS,
    )


@pytest.mark.parametrize(
    ("position", "slug", "marked"),
    [
        ("layer: state, product: shares, access: open", "unknown-layer", "state"),
        ("layer: law, product: bonds, access: open", "unknown-product", "bonds"),
        ("layer: law, product: shares, access: opened", "unknown-access", "opened"),
        ("layer: law, product: shares", "missing-field", "{"),
        (OPEN + ", name: A b", "bad-name", "A b"),
        (OPEN + ", except: [Alps]", "unknown-place", "Alps"),
        (OPEN + ", when: subject.testet", "unknown-fact", "subject.testet"),
        (OPEN + ", effect: permit", "unknown-key", "effect"),
    ],
)
def test_what_a_position_names_and_there_is_not_is_pointed_at(position, slug, marked):
    assert found(page(position)) == [(slug, marked)]


def test_memory_may_close_a_place_but_not_open_it():
    def recalled(access):
        return found({"jurisdictions/CH.yaml": SWITZERLAND.replace("skilled", access).replace("[act]", "[memory]")})

    # Leaving is open where nobody said anything, so a closing from memory opens nothing.
    assert recalled("closed") == []
    assert recalled("open") == [("recalled-permits", "open")]


def test_a_definition_that_an_access_needs_must_be_there_for_every_kind():
    assert found({"rules/skill.yaml": None}) == [("unknown-definition", "skilled")]
    some = DEFINITIONS.replace("means:", "subjects: [person]\nmeans:")
    assert found({"rules/skill.yaml": some}) == [("definition-missing-for-kind", "skilled")]


def test_a_definition_that_is_broken_is_said_once():
    assert found({"rules/skill.yaml": DEFINITIONS.replace("is: subject.tested", "is: subject.testet")}) == [
        ("unknown-fact", "subject.testet")
    ]


def test_the_effects_of_positions_are_effects_of_rules():
    assert {rule.effect for rule in loaded({}).rules if rule.from_position} == {Effect.PERMIT, Effect.FORBID}
