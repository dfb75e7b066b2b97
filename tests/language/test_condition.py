from __future__ import annotations

from compliance.language.condition import (
    Positions,
    Said,
    Text,
    Tree,
    check_condition,
    check_expression,
    names_in,
    parse_condition,
    type_of,
)
from compliance.language.expression import And, Leaf, Not, Or
from compliance.language.parser import DEEPEST
from compliance.language.span import Span
from compliance.language.syntax import Group, Labelled
from compliance.vocabulary.types import BOOL, DECIMAL, INT
from tests.language.words import checked, scope, slugs, text

HERE = Span("a.yaml", 1, 1, 1, 2)


def tree(kind, *items):
    return Tree(kind, tuple(text(item) if isinstance(item, str) else item for item in items), HERE)


def leaves(expression):
    return [each.source for each in expression.terms]


def test_all_any_and_none_become_and_or_and_not_or():
    everything = checked(tree("all", "subject.verified", tree("none", "resource.halted", "subject.us_person")))
    assert isinstance(everything, And)
    first, second = everything.terms
    assert isinstance(first, Leaf)
    assert first.source == "subject.verified"
    assert isinstance(second, Not)
    assert isinstance(second.term, Or)
    assert leaves(second.term) == ["resource.halted", "subject.us_person"]


def test_a_tree_with_one_item_is_that_item():
    assert checked(tree("any", "subject.verified")) == checked("subject.verified")


def test_trees_in_trees_of_one_kind_and_joined_text_become_one_row():
    nested = checked(tree("all", "subject.verified && resource.halted", tree("all", "subject.days > 3")))
    assert isinstance(nested, And)
    assert leaves(nested) == ["subject.verified", "resource.halted", "subject.days > 3"]


def test_a_sentence_makes_one_leaf_of_what_it_is_about():
    said = Said(text("subject.verified && subject.days>3"), "verified, and long enough", HERE)
    whole = checked(tree("all", said, "resource.halted"))
    assert isinstance(whole, And)
    leaf = whole.terms[0]
    assert isinstance(leaf, Leaf)
    assert (leaf.source, leaf.says) == ("subject.verified && subject.days > 3", "verified, and long enough")
    assert isinstance(leaf.term, And)
    assert not any(isinstance(term, Leaf) for term in leaf.term.terms)


def test_a_guard_in_an_all_tree_covers_the_items_after_it_only():
    assert slugs(tree("all", "has(subject.lei)", 'subject.lei == "x"')) == []
    assert slugs(tree("all", 'subject.lei == "x"', "has(subject.lei)")) == ["unguarded-optional"]
    assert slugs(tree("any", "has(subject.lei)", 'subject.lei == "x"')) == ["unguarded-optional"]
    assert slugs(tree("none", "!has(subject.lei)", 'subject.lei == "x"')) == []


def test_a_tree_that_holds_nothing_is_refused():
    assert slugs(tree("all")) == ["empty-condition"]
    assert slugs(tree("all", tree("none"))) == ["empty-condition"]


def test_every_item_of_a_tree_is_looked_at():
    condition = tree("all", "subject.days", "subject.verified ==", "subject.nmae")
    assert sorted(slugs(condition)) == ["not-a-condition", "syntax-error", "unknown-fact"]


def test_a_tree_nested_too_deep_is_refused_without_recursion():
    nested = tree("all", "subject.verified")
    for _ in range(5_000):
        nested = Tree("all", (nested,), HERE)
    assert slugs(nested) == ["condition-too-deep"]
    assert names_in(nested) == ()


def test_the_levels_of_a_tree_and_of_its_text_count_together():
    def nested(levels):
        found = tree("all", "!" * (DEEPEST // 2) + "subject.verified")
        for _ in range(levels):
            found = Tree("none", (found,), HERE)
        return found

    assert slugs(nested(DEEPEST // 2 - 3)) == []
    assert slugs(nested(DEEPEST // 2)) == ["condition-too-deep"]


def test_problems_point_into_the_file_through_the_positions_of_the_scalar():
    raw = "|\n    subject.verified\n    && subject.nmae"
    positions = Positions.of(7, 11, "|", raw)
    block = Text(positions.text, Span("a.yaml", 7, 11, 9, 20), positions)
    _, diagnostics = check_condition(block, scope())
    assert [(each.slug, each.span) for each in diagnostics] == [
        ("unknown-fact", Span("a.yaml", 9, 8, 9, 20)),
    ]


def test_an_expression_of_any_type_tells_its_type():
    found, diagnostics = check_expression(text("6 * subject.days + 1"), scope(), None)
    assert diagnostics == []
    assert found is not None
    assert type_of(found) == INT
    found, _ = check_expression(text("subject.days > 3 || subject.verified"), scope(), None)
    assert isinstance(found, Or)
    assert type_of(found) == BOOL


def test_an_expression_of_another_type_than_expected_is_refused():
    found, diagnostics = check_expression(text("subject.name"), scope(), DECIMAL)
    assert found is None
    assert [each.slug for each in diagnostics] == ["type-mismatch"]
    found, diagnostics = check_expression(text("subject.days"), scope(), DECIMAL)
    assert diagnostics == []


def test_names_are_found_before_anything_is_checked():
    condition = tree(
        "all",
        "subject.us_person && subject.trustees.exists(t, t.share > subject.weight)",
        Said(text('subject.owner.share > 1 || parameter("x") == action.name'), "says", HERE),
        "this is no condition",
    )
    assert [name for name, _ in names_in(condition)] == [
        "subject.us_person",
        "subject.trustees",
        "subject.weight",
        "subject.owner.share",
        "subject.owner",
        "action.name",
    ]


def test_names_know_their_place():
    assert names_in(text("!subject.us_person"))[0][1] == Span("a.yaml", 1, 2, 1, 19)


def test_a_tree_parses_to_one_surface_tree_or_to_none():
    node, diagnostics = parse_condition(tree("any", "subject.verified", Said(text("resource.halted"), "halted", HERE)))
    assert diagnostics == []
    assert isinstance(node, Group)
    assert isinstance(node.items[1], Labelled)
    node, diagnostics = parse_condition(tree("any", "subject.verified", "subject.days ="))
    assert node is None
    assert [each.slug for each in diagnostics] == ["single-equals"]
