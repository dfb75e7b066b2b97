"""Rule files have one form: keys in order, conditions spelled alike, comments where they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compliance.language.formatter import ORDERS, format_source, scalar
from compliance.language.loader import load_rulebook, read_folder
from compliance.language.nodes import Node, Scalar, Sequence, Table
from compliance.language.parser import parse
from compliance.language.reader import read_source
from compliance.language.span import Source, Span
from compliance.language.syntax import Node as Surface
from compliance.language.unparser import unparse
from tests.language.trees import trees

ROOT = Path(__file__).resolve().parents[2]


def formatted(text: str) -> str:
    return format_source(Source("rules/a/b.yaml", text))


def test_keys_of_a_rule_come_in_their_order() -> None:
    text = "effect: forbid\nrule: a\nwhen: subject.a\nactions: [buy]\n"
    assert formatted(text) == "rule: a\neffect: forbid\nactions: [buy]\nwhen: subject.a\n"


def test_a_comment_stays_above_the_key_it_stood_above() -> None:
    text = "rule: a\n# what it says\nsays: b\n# since when\nwhen: subject.a\n"
    assert formatted(text) == "rule: a\n# since when\nwhen: subject.a\n# what it says\nsays: b\n"


def test_an_item_whose_comment_would_come_before_its_first_key_keeps_its_order() -> None:
    text = "- effect: forbid\n  # why it is called so\n  rule: a\n"
    assert formatted(text) == text


def test_many_joined_terms_become_a_tree() -> None:
    text = "rule: a\nwhen: subject.a&&subject.b && !subject.c\n"
    assert formatted(text) == "rule: a\nwhen:\n  all:\n    - subject.a\n    - subject.b\n    - '!subject.c'\n"


def test_two_joined_terms_stay_on_a_line() -> None:
    assert formatted("rule: a\nwhen: subject.a   ||   subject.b\n") == "rule: a\nwhen: subject.a || subject.b\n"


def test_a_condition_beside_a_comment_is_left_alone() -> None:
    text = "rule: a\nwhen: subject.a&&subject.b # both\n"
    assert formatted(text) == text


@pytest.mark.parametrize("text", ["rule: [", "a: 1\na: 2\n", "\t- x", "", "- - -\n", "when: 'a' 'b'"])
def test_what_cannot_be_read_stays_as_it_is(text: str) -> None:
    assert formatted(text) == text


def test_a_condition_that_yaml_would_misread_is_quoted() -> None:
    assert scalar("!subject.a") == "'!subject.a'"
    assert scalar('subject.a == "it\'s"') == 'subject.a == "it\'s"'
    assert scalar("subject.a ? subject.b : subject.c") == "'subject.a ? subject.b : subject.c'"


def test_formatting_twice_changes_nothing_and_the_rulebook_means_the_same() -> None:
    sources = read_folder(ROOT)
    once = [Source(source.path, format_source(source)) for source in sources]
    assert [format_source(source) for source in once] == [source.text for source in once]
    before, _ = load_rulebook(sources)
    after, _ = load_rulebook(once)
    assert before is not None
    assert after is not None
    assert [(rule.id, rule.says, rule.actions, rule.effective) for rule in before.rules] == [
        (rule.id, rule.says, rule.actions, rule.effective) for rule in after.rules
    ]


def test_the_shipped_rulebook_is_in_its_form() -> None:
    assert [source.path for source in read_folder(ROOT) if format_source(source) != source.text] == []


def said(node: Node | None) -> object:
    """Return what a file says, read without the formatter: conditions as CEL on one line, whatever form they have."""
    if isinstance(node, Table):
        return {
            name: condition(entry.value) if name == "when" else said(entry.value)
            for name, entry in node.entries.items()
        }
    if isinstance(node, Sequence):
        return [said(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None


def condition(node: Node) -> str:
    """Return a condition, a text or a tree of `all` or `any`, spelled on one line."""
    if isinstance(node, Scalar):
        return unparse(surface(node.value))
    assert isinstance(node, Table)
    (kind, items) = next((name, entry.value) for name, entry in node.entries.items())
    assert isinstance(items, Sequence)
    operator = {"all": " && ", "any": " || "}[kind]
    return unparse(surface(operator.join(f"({condition(item)})" for item in items.items)))


def surface(text: str) -> Surface:
    tree, found = parse(text, lambda start, end: Span("", 1, start + 1, 1, end + 1))
    assert tree is not None, found
    return tree


STATEMENT = {"effect": "forbid", "actions": "[buy]", "says": "a sentence", "authority": "[here]", "layer": "issuer"}


@given(tree=trees, keys=st.permutations([*STATEMENT, "when"]), remarks=st.sets(st.sampled_from([*STATEMENT, "when"])))
def test_any_statement_keeps_its_meaning_and_its_comments(tree: Surface, keys: list[str], remarks: set[str]) -> None:
    text = unparse(tree)
    assume(len(text) < 2000 and text.isprintable())
    values = {**STATEMENT, "when": "'" + text.replace("'", "''") + "'"}
    lines = ["rule: a"]
    for key in keys:
        lines += [f"# about {key}"] * (key in remarks) + [f"{key}: {values[key]}"]
    before = Source("rules/a/b.yaml", "\n".join(lines) + "\n")
    after = Source(before.path, format_source(before))
    assert said(read_source(after)[0]) == said(read_source(before)[0])
    assert format_source(after) == after.text
    assert sorted(line for line in after.text.splitlines() if line.startswith("#")) == sorted(
        f"# about {key}" for key in remarks
    )
    kept = [line.split(":")[0] for line in after.text.splitlines() if line[:1].isalpha()]
    assert kept == [key for key in ORDERS["rule"] if key in {"rule", *keys}]
