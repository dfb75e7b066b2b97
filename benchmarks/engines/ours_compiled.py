"""This project's compiler: generated Python with the meaning of unknown, and grounds."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.engines.ours import body, load_book, read
from benchmarks.model import Engine, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Read the rulebook; slices are compiled on first use."""
    compiler: Any = importlib.import_module("compliance.engine.compiler")
    book = load_book(rulebook)
    decide = compiler.Compiler(book.ruleset).verdict
    if form == "validated":
        return Engine(lambda request: book.request(body(request)), decide, decide, read)

    def decide_body(request: object) -> Any:
        return decide(book.request(request))

    return Engine(body, decide_body, decide_body, read)
