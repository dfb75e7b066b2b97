"""Who says so."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from compliance.vocabulary.authority import Authority, Standing

ACT = Authority("Act", date(2026, 1, 1), Standing.QUOTED)


def test_an_article_and_an_address_may_be_missing_and_nothing_else() -> None:
    assert (ACT.article, ACT.href) == (None, None)
    with pytest.raises(TypeError):
        Authority("Act", date(2026, 1, 1))  # type: ignore[call-arg]


def test_a_standing_is_written_as_the_rule_files_write_it() -> None:
    assert list(Standing) == ["quoted", "relayed", "secondary", "computed", "house", "recalled"]
    with pytest.raises(ValueError, match="rumoured"):
        Standing("rumoured")


def test_what_was_cited_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        ACT.title = "Bill"  # type: ignore[misc]


def test_each_standing_has_a_sentence_of_its_own() -> None:
    assert len({standing.means for standing in Standing}) == len(Standing)
