"""The example rulebooks of the documentation hold, are in their form, and prove each of their dates from both sides."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from compliance.engine.book import Book
from compliance.engine.cases import run_cases
from compliance.language.formatter import format_source
from compliance.language.loader import load_rulebook, read_folder
from compliance.language.rulebook import Effect

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
FOLDERS = sorted(folder.parent.parent for folder in EXAMPLES.rglob("rules/vocabulary.yaml"))
END = datetime(2021, 10, 14, 19, 55, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REGION = {"AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT",
          "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"}  # fmt: skip


@pytest.fixture(scope="module")
def drill():
    rulebook, _ = load_rulebook(read_folder(EXAMPLES / "wind-down"))
    return Book(rulebook)


def outcome(book, action, at, residence="BR", **facts):
    request = {
        "subject": {"type": "natural-person", "properties": {"residence": residence, **facts}},
        "action": {"name": action},
        "resource": {"type": "instrument", "id": "TSLA"},
    }
    return book.at(at).decide(request).outcome


def test_there_is_the_wind_down_drill():
    assert EXAMPLES / "wind-down" in FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_example_compiles_without_a_warning_and_its_cases_hold(folder):
    rulebook, diagnostics = load_rulebook(read_folder(folder))
    assert diagnostics == []
    assert run_cases(Book(rulebook)) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_example_is_in_its_form(folder):
    for source in read_folder(folder):
        assert format_source(source) == source.text, source.path


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_date_of_an_example_has_a_case_in_the_second_before_it_and_at_or_after_it(folder):
    rulebook, _ = load_rulebook(read_folder(folder))
    asked = {case.as_of for case in rulebook.cases}
    for rule in rulebook.rules:
        edges = () if rule.effective is None else (rule.effective.start, rule.effective.end)
        for edge in edges:
            if edge is not None and not rule.from_position:
                assert edge - SECOND in asked, f"{rule.id} before {edge}"
                assert edge in asked, f"{rule.id} at {edge}"


def test_every_rule_of_the_drill_determines_in_some_case(drill):
    named = defaultdict(set)
    for case in drill.rulebook.cases:
        for kind, ids in (("grounds", case.grounds), ("other", case.requirements), ("other", case.obligations)):
            named[kind].update(ids or ())
    for rule in drill.rulebook.rules:
        if not rule.from_position:
            kind = "other" if rule.effect in {Effect.REQUIRE, Effect.OBLIGE} else "grounds"
            assert rule.id in named[kind], rule.id


# ------------------------------------------------------------------------------------------------ the drill

# Reference: the notice of 16 July 2021 as The Chain Bulletin quotes it: "no longer support any stock tokens after
# 2021-10-14 19:55 (UTC)".


def test_buying_ends_on_16_july_and_selling_at_1955_utc_on_14_october(drill):
    day = datetime(2021, 7, 16, tzinfo=UTC)
    assert [outcome(drill, "buy", at) for at in (day - SECOND, day)] == ["allow", "deny"]
    assert [outcome(drill, "sell", at) for at in (day - SECOND, day, END - SECOND, END)] == [*["allow"] * 3, "deny"]


def test_the_venue_closes_out_on_15_october_and_not_before(drill):
    day = datetime(2021, 10, 15, tzinfo=UTC)
    assert [outcome(drill, "close-out", at) for at in (END - SECOND, END, day - SECOND, day)] == [
        *["deny"] * 3,
        "allow",
    ]


def test_the_eea_and_switzerland_migrate_after_their_checks_and_nobody_else(drill):
    from compliance.vocabulary import territory

    at = datetime(2021, 10, 5, tzinfo=UTC)
    allowed = {
        code
        for code in territory.all_countries()
        if outcome(drill, "migrate", at, code, partner_checks_passed=True) == "allow"
    }
    assert allowed == REGION


def test_at_no_instant_of_the_drill_are_the_ways_out_closed_before_the_end(drill):
    at, steps = datetime(2021, 4, 12, tzinfo=UTC), 0
    while at < END:
        assert {outcome(drill, "sell", at, code) for code in ("BR", "DE", "GB", "HK", "IT")} == {"allow"}
        at += timedelta(days=1, hours=7)
        steps += 1
    assert steps > 100
