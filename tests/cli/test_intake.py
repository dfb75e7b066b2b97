"""The intake list is what an allow waits for: giving exactly that is enough, and nothing else is asked."""

from datetime import UTC, datetime

import pytest

from compliance.cli.intake import intake_json, intakes
from compliance.engine.book import Book
from compliance.engine.loading import load_book
from compliance.vocabulary import territory
from tests.cli.support import TINY

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shipped():
    return intakes(load_book().at(NOW))


def listed(found, action, kind, code):
    """Return the list for xStocks."""
    return next(one for one in found if _about(one, action, kind) and code in one.territories)


def _about(one, action, kind):
    return (one.product, one.action, one.kind) == ("xstocks", action, kind)


def test_each_action_and_kind_covers_every_territory_once(shipped):
    codes = [code for one in shipped if _about(one, "buy", "natural-person") for code in one.territories]
    assert sorted(codes) == sorted(territory.all_countries())


def test_the_questionnaire_is_asked_for_in_the_eea_only(shipped):
    fact = "subject.appropriateness_questionnaire"
    assert fact in listed(shipped, "buy", "natural-person", "DE").facts
    assert fact not in listed(shipped, "buy", "natural-person", "MX").facts


def test_nobody_is_asked_about_the_trustees_of_somebody_else(shipped):
    assert "subject.fiduciaries" in listed(shipped, "buy", "trust", "JE").facts
    assert all("subject.fiduciaries" not in one.facts for one in shipped if one.kind == "natural-person")


def test_where_no_answer_leads_to_an_allow_nothing_is_asked(shipped):
    assert listed(shipped, "buy", "natural-person", "US").facts == ()


def test_progress_is_told_to_the_end():
    told = []
    intakes(Book(load_book(TINY).rulebook).at(NOW), lambda done, of: told.append((done, of)))
    assert told[0][0] == 0
    assert told[-1][0] == told[-1][1]


def test_json_has_names_for_everything(shipped):
    assert set(intake_json(shipped[0])) == {"action", "product", "subject_type", "facts", "territories"}
