"""This project's compiler: generated Python with the meaning of unknown, and grounds."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.engines.ours import body, load_book, read, read_decision
from benchmarks.model import Engine, Request, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Read the rulebook and compile every slice, which would otherwise wait for its first request."""
    compiler: Any = importlib.import_module("compliance.engine.compiler")
    book = load_book(rulebook)
    if form == "explained":
        return Engine(body, book.decide, book.decide, read_decision)
    decide = compiler.Compiler(book.ruleset).verdict
    for action, home in rulebook.slices():
        if home:
            decide(book.request(body(Request(action, {"residence": home}, complete=False))))
    if form == "validated":
        return Engine(lambda request: book.request(body(request)), decide, decide, read)

    def decide_body(request: object) -> Any:
        return decide(book.request(request))

    return Engine(body, decide_body, decide_body, read)
