"""Every engine that gives conditions a meaning gives the one that these files state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.engine.combiner import combine
from compliance.engine.compiler import Compiler
from compliance.engine.decision import Outcome, Verdict
from compliance.engine.evaluator import Setting
from compliance.engine.ruleset import Ruleset
from compliance.language.condition import Scope, Text, check_condition
from compliance.language.expression import Expression
from compliance.language.rulebook import Effect, Rule
from compliance.language.span import NOWHERE, Span
from compliance.vocabulary.reading import read_value
from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.random_rulebooks import (
    EUR,
    NOW,
    OPTIONAL,
    PLACES,
    TYPES,
    VOCABULARY,
    request_of,
    rulebook_of,
    ruleset_of,
)

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))
SCOPE = Scope(
    vocabulary=VOCABULARY,
    is_place=PLACES.at(NOW).is_place,
    parameter=lambda name: (EUR, None) if name == "limit" else None,
)


def _checked(example: dict[str, Any]) -> Expression:
    text = example["when"]
    found, diagnostics = check_condition(Text(text, Span("conformance", 1, 1, 1, 1 + len(text))), SCOPE)
    assert found is not None, [(one.slug, one.message) for one in diagnostics]
    return found


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    given = {path: value for path, value in row.items() if path != "value"}
    return {
        path: None
        if value is None and path in OPTIONAL
        else read_value(TYPES[path], value, records=VOCABULARY.records, at_least=0)
        for path, value in given.items()
    }


def _rows() -> list[Any]:
    return [
        pytest.param(example, row, id=f"{file.stem}: {example['when']} | {row}")
        for file in FILES
        for example in yaml.safe_load(file.read_text())
        for row in example["rows"]
    ]


def _ruleset(condition: Expression) -> Ruleset:
    common: dict[str, Any] = {"actions": frozenset({"buy"}), "authority": (), "span": NOWHERE}
    permit = Rule(id="permit", effect=Effect.PERMIT, says="open", **common)
    forbid = Rule(id="forbid", effect=Effect.FORBID, says="closed", when=condition, **common)
    return ruleset_of(rulebook_of((forbid, permit)))


def _value_of(verdict: Verdict) -> str:
    if verdict.outcome is Outcome.REFER and verdict.errors:
        return "error"
    return {Outcome.DENY: "true", Outcome.ALLOW: "false", Outcome.INCOMPLETE: "unknown"}[verdict.outcome]


@pytest.mark.parametrize(("example", "row"), _rows())
def test_a_condition_means_what_the_suite_says(example: dict[str, Any], row: dict[str, Any]) -> None:
    condition = _checked(example)
    ruleset = _ruleset(condition)
    request = request_of({"subject.residence": "BR"} | _facts(row), "buy", "person", None)
    wanted = str(row["value"]).lower()
    setting = Setting(ruleset, request.facts, "person")
    value = setting.truth(condition)
    assert ("unknown" if value is UNKNOWN else str(value).lower()) == ("unknown" if wanted == "error" else wanted)
    assert bool(setting.failures) or wanted != "error"
    assert _value_of(combine(ruleset, request)) == wanted
    assert Compiler(ruleset).verdict(request) == combine(ruleset, request)


def test_the_suite_shows_every_value_a_condition_can_come_to() -> None:
    shown = {str(row.values[1]["value"]).lower() for row in _rows()}
    assert shown == {"true", "false", "unknown", "error"}
