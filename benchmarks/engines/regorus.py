"""Rego in Rust, Microsoft's regorus, through opa-eval."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import opa_eval  # type: ignore[import-not-found,import-untyped,unused-ignore]

from benchmarks.engines import rego_text
from benchmarks.engines.gather import effects_of, flat, gather
from benchmarks.engines.slicing import chooser
from benchmarks.model import Answer, Engine, Rule, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Load the modules; the binding reads files only."""
    effects = effects_of(rulebook.rules)
    with tempfile.TemporaryDirectory() as folder:

        def build(rules: tuple[Rule, ...], scoped: bool) -> Any:
            path = Path(folder) / "rules.rego"
            path.write_text(rego_text.module("rules", rules, scoped=scoped))
            return opa_eval.OpaEval(str(path), query="data.rules.fired")

        choose = chooser(rulebook, form, build)

    def decide(facts: dict[str, Any]) -> Answer:
        return gather(choose(facts).evaluate_parsed(json.dumps(facts)), effects)

    return Engine(flat, decide)
