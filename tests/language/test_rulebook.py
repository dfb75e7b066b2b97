"""The words of a checked rulebook."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from compliance.language.rulebook import Effect, HomeScope, Rule
from compliance.language.span import NOWHERE

RULE = Rule("r", Effect.FORBID, "no", frozenset({"buy"}), (), NOWHERE)


def test_an_effect_is_written_as_the_rule_files_write_it() -> None:
    assert list(Effect) == ["permit", "forbid", "require", "refer", "oblige"]
    with pytest.raises(ValueError, match="allow"):
        Effect("allow")


def test_a_rule_that_says_no_more_is_about_everybody_everywhere_always() -> None:
    assert (RULE.kinds, RULE.product, RULE.resource_type, RULE.home, RULE.when, RULE.effective) == (None,) * 6
    assert not RULE.from_position


def test_a_scope_is_a_value_that_can_be_told_apart_from_another() -> None:
    assert HomeScope("US", ("PR",)) == HomeScope("US", ("PR",))
    assert len({HomeScope("US"), HomeScope("US", ("PR",)), HomeScope(None, outside=(HomeScope("US"),))}) == 3


def test_a_rule_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        RULE.effect = Effect.PERMIT  # type: ignore[misc]
