"""This project's evaluator: the definition of every answer, small and slow."""

from __future__ import annotations

from benchmarks.engines.ours import body, load_book, read
from benchmarks.model import Engine, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Read the rulebook; `form` is `validated`, from a decoded request to a verdict."""
    if form != "validated":
        raise ValueError(form)
    book = load_book(rulebook)
    return Engine(lambda request: book.request(body(request)), book.verdict, book.verdict, read)
