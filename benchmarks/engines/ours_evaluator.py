"""This project's evaluator: the definition of every answer, small and slow."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.engines.ours import body, load_book, read
from benchmarks.model import Engine, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Read the rulebook; `form` is `validated`, from a decoded request to a verdict."""
    if form != "validated":
        raise ValueError(form)
    combiner: Any = importlib.import_module("compliance.engine.combiner")
    book = load_book(rulebook)

    def decide(request: object) -> Any:
        return combiner.combine(book.ruleset, request)

    return Engine(lambda request: book.request(body(request)), decide, decide, read)
