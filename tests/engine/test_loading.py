"""A folder becomes a book that can be asked, or everything that is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.engine.loading import RulebookRefused, load_book, shipped_folder
from compliance.language.diagnostic import Diagnostic, Severity
from compliance.language.span import Span


def diagnostic(slug: str, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(slug, f"`{slug}` is wrong", Span("rules/a.yaml", 3, 1, 3, 4), severity=severity)


def test_the_shipped_rulebook_compiles_and_can_be_asked() -> None:
    book = load_book()
    ruleset = book.at(datetime(2026, 10, 5, 12, tzinfo=UTC)).ruleset
    assert ruleset.rules
    assert book.rulebook.digest.startswith("sha256:")


def test_the_shipped_folder_holds_rules_and_jurisdictions() -> None:
    folder = shipped_folder()
    assert (folder / "rules" / "vocabulary.yaml").is_file()
    assert (folder / "jurisdictions").is_dir()


def test_a_folder_without_a_rulebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookRefused) as refused:
        load_book(tmp_path)
    assert any(found.severity is Severity.ERROR for found in refused.value.diagnostics)


def test_a_refusal_counts_the_errors_and_shows_the_first() -> None:
    found = [diagnostic("careless", Severity.WARNING), diagnostic("missing"), diagnostic("double")]
    refused = RulebookRefused(found)
    assert str(refused) == "the rulebook has 2 errors; the first: rules/a.yaml:3:1: `missing` is wrong [missing]"
    assert refused.diagnostics == found
