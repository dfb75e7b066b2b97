from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.language.calls import FUNCTIONS, METHODS
from compliance.language.checker import Checker
from compliance.language.condition import check_expression
from compliance.language.expression import (
    And,
    Collect,
    Comparison,
    Conditional,
    Const,
    FactRef,
    Fold,
    Has,
    Leaf,
    Member,
    Not,
    Or,
    Quantifier,
    Variable,
    walk,
)
from compliance.language.unparser import unparse
from compliance.vocabulary.types import DECIMAL, INT, ListType, MoneyType, RecordType
from tests.language.trees import sensible_trees, trees
from tests.language.words import DEFINITIONS, STATUS, VOCABULARY, checked, scope, slugs, text, typed, underlined

TRUST = scope(frozenset({"trust"}))


def leaves(expression):
    return [node for node in walk(expression) if isinstance(node, Leaf)]


def sources(cel, where=None):
    return [leaf.source for leaf in leaves(checked(cel, where))]


def test_leaves_are_the_largest_terms_that_are_not_joined_or_negated():
    found = checked("subject.verified && !(subject.days>3 || resource.halted) && (subject.verified ? true : false)")
    assert isinstance(found, And)
    assert isinstance(found.terms[1], Not)
    assert isinstance(found.terms[1].term, Or)
    assert [leaf.source for leaf in leaves(found)] == [
        "subject.verified",
        "subject.days > 3",
        "resource.halted",
        "subject.verified ? true : false",
    ]


def test_no_leaf_lies_in_another():
    for leaf in leaves(checked("subject.flags.exists(f, f == 'mail' || f == 'phone') && (subject.verified == true)")):
        assert leaves(leaf.term) == []


def test_rows_of_one_operator_are_one_row_whatever_the_brackets():
    assert checked("(subject.verified && resource.halted) && subject.us_person") == checked(
        "subject.verified && (resource.halted && subject.us_person)"
    )
    assert len(checked("subject.verified || (resource.halted || subject.us_person)").terms) == 3


def test_a_condition_of_one_term_is_one_leaf():
    assert sources("subject.verified") == ["subject.verified"]
    assert sources("!subject.verified") == ["subject.verified"]


def test_what_is_no_truth_value_is_no_condition():
    for cel in ("subject.days", "!subject.name", "subject.verified && 3", "subject.days ? true : false"):
        assert slugs(cel) == ["not-a-condition"]


def test_truth_values_are_compared_like_any_other():
    assert slugs("subject.verified == resource.halted") == []
    assert slugs("(subject.days > 3) != subject.verified") == []


def test_both_arms_of_a_conditional_have_one_type():
    found = typed('subject.verified ? subject.status : "retail"')
    assert isinstance(found, Conditional)
    assert found.otherwise == Const("retail", STATUS)
    assert typed("subject.verified ? 1 : 0.5").then == Const(Decimal(1), DECIMAL)
    assert slugs('(subject.verified ? 1 : "a") == 1') == ["type-mismatch"]


def test_money_of_two_currencies_is_money_of_no_known_currency():
    found = typed('subject.verified ? action.amount.to("USD") : action.amount.to("EUR")')
    assert found.type == MoneyType()


def test_quantifiers_bind_a_variable_of_the_type_of_the_elements():
    found = checked("subject.trustees.exists(t, t.share > 25.0)", TRUST).term
    owner = Variable("t", RecordType("Owner"))
    assert isinstance(found, Quantifier)
    assert found.variable == owner
    assert found.body == Comparison(">", Member(owner, "share", DECIMAL), Const(Decimal("25.0"), DECIMAL))


def test_folds_and_collections_have_the_type_of_their_body():
    found = checked("subject.trustees.sum(t, t.share) > 50 && subject.trustees.map(t, t.name).size() > 1", TRUST)
    fold, collect = (each for each in walk(found) if isinstance(each, Fold | Collect))
    assert fold.type == DECIMAL
    assert str(collect.type) == "list<string>"
    assert isinstance(typed("subject.flags.filter(f, f == 'mail')"), Collect)
    assert typed("subject.flags.map(f, 1)").type == ListType(INT)


def test_variables_of_one_condition_have_names_of_their_own():
    found = checked(
        "subject.flags.exists(f, f == 'mail') && subject.flags.exists(f, f == 'phone') "
        "&& subject.flags.all(f_2, f_2 == 'mail')"
    )
    names = [each.variable.name for each in walk(found) if isinstance(each, Quantifier)]
    assert names == ["f", "f_2", "f_2_2"]
    used = [each.name for each in walk(found) if isinstance(each, Variable)]
    assert used == names


def test_inner_bodies_see_outer_variables():
    assert slugs("subject.trustees.exists(t, t.owners.exists(o, o.share > t.share))", TRUST) == []


@pytest.mark.parametrize(
    ("cel", "expected"),
    [
        ("subject.trustees.exists(t, t.owners.all(t, true))", [("shadowed-variable", "t")]),
        ("subject.flags.exists(subject, true)", [("shadowed-variable", "subject")]),
        ("subject.flags.exists(f)", [("wrong-arguments", "subject.flags.exists(f)")]),
        ("subject.flags.exists(f.g, true)", [("not-a-variable", "f.g")]),
        ("subject.days.all(d, d > 1)", [("not-a-collection", "subject.days")]),
        ("subject.flags.exists(f, f)", [("not-a-condition", "f")]),
        ("subject.flags.sum(f, f) > 1", [("type-mismatch", "f")]),
        ("subject.trustees.max(t, t.paid) > parameter('limit')", [("money-without-currency", "t.paid")]),
        ("subject.flags.exists(f, f == 'mail') && f == 'mail'", [("unknown-fact", "f")]),
    ],
)
def test_a_wrong_comprehension_is_underlined(cel, expected):
    assert underlined(cel, TRUST) == expected


def test_has_asks_for_a_fact_or_field():
    assert checked("has(subject.lei)").term == Has(FactRef("subject.lei", typed("subject.name").type))
    for cel in ("has(subject.us_person)", "has(1)", "has(subject.flags.size())", "has(subject)"):
        assert slugs(cel) == ["not-a-fact"]


def test_all_that_is_wrong_is_said_at_once_in_order():
    cel = 'subject.days && subject.nmae == "x" || subject.residence == "US" && foo(1)'
    assert underlined(cel) == [
        ("not-a-condition", "subject.days"),
        ("unknown-fact", "subject.nmae"),
        ("use-within", 'subject.residence == "US"'),
        ("unknown-function", "foo"),
    ]


def test_an_expected_type_is_what_comes_out():
    found, diagnostics = check_expression(text('"retail"'), scope(), STATUS)
    assert (found, diagnostics) == (Const("retail", STATUS), [])
    assert [each.slug for each in check_expression(text('"x"'), scope(), STATUS)[1]] == ["unknown-value"]
    found, _ = check_expression(text("3"), scope(), DECIMAL)
    assert found == Const(Decimal(3), DECIMAL)


def test_truth_values_have_leaves_also_where_any_type_is_taken():
    found, _ = check_expression(text("!(subject.days > 3)"), scope(), None)
    assert isinstance(found, Not)
    assert isinstance(found.term, Leaf)


SENSIBLE = sensible_trees([*VOCABULARY.facts, *DEFINITIONS, "subject.type", "subject.homes"], [*FUNCTIONS, *METHODS])


@given(st.one_of(trees, SENSIBLE))
def test_no_tree_makes_the_checker_raise_and_what_it_refuses_it_complains_about(tree):
    checker = Checker(scope())
    errors = checker.findings.diagnostics
    assert checker.condition(tree) is not None or errors


@given(SENSIBLE)
def test_a_tree_and_its_text_are_checked_alike(tree):
    checker = Checker(scope())
    found = checker.expression(tree, None)
    again, diagnostics = check_expression(text(unparse(tree)), scope(), None)
    assert {each.slug for each in diagnostics} == {each.slug for each in checker.findings.diagnostics}
    if again is not None:
        assert again == found
        assert all(names_itself(leaf) for leaf in leaves(found))


def names_itself(leaf):
    """Whether a leaf's words, checked alone, mean the leaf: they may need a guard that stands outside."""
    alone, diagnostics = check_expression(text(leaf.source), scope(), None)
    return alone is None or alone == leaf or any("guard" in each.slug or "kinds" in each.slug for each in diagnostics)
