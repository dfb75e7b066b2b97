"""Rule files have one form: keys in order, conditions spelled alike, comments where they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.language.formatter import format_source, scalar
from compliance.language.loader import load_rulebook, read_folder
from compliance.language.span import Source

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
