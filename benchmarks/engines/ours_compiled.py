"""This project's compiler: generated Python with the meaning of unknown, and grounds."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.engines.ours import body, load_book, read, read_decision
from benchmarks.model import Answer, Engine, Request, Rulebook


def load(rulebook: Rulebook, form: str) -> Engine:
    """Read the rulebook and compile every slice, which would otherwise wait for its first request."""
    book = load_book(rulebook)
    if form == "explained":
        return Engine(body, book.decide, book.decide, read_decision)
    for action, home in rulebook.slices():
        if home:
            book.verdict(book.request(body(Request(action, {"residence": home}, complete=False))))
    if form == "validated":
        return Engine(lambda request: book.request(body(request)), book.verdict, book.verdict, read)
    if form == "bytes":
        decide = from_bytes(book)
        return Engine(lambda request: json.dumps(body(request)).encode(), decide, decide, read_bytes)
    return Engine(body, book.judge, book.judge, read)


def from_bytes(book: Any) -> Any:
    """Return what turns the bytes of a request into those of an answer: the outcome, and the rules that determined it.

    Requests are as Python's own `json` writes them. Equal verdicts are one object, so each is spelled once, as the
    service does.
    """
    judge = book.judge
    spelled: dict[int, tuple[Any, bytes]] = {}

    def decide(raw: bytes) -> bytes:
        verdict = judge(raw)
        kept = spelled.get(id(verdict))
        if kept is None:
            answer = {"outcome": verdict.outcome, "grounds": [rule.id for rule in verdict.grounds]}
            # What is kept holds its verdict, so that no other one gets its identity.
            kept = spelled[id(verdict)] = verdict, json.dumps(answer).encode()
        return kept[1]

    return decide


def read_bytes(raw: bytes) -> Answer:
    """Read an answer: identifiers without the file they stand in."""
    found = json.loads(raw)
    return found["outcome"], [rule.rpartition("/")[2] for rule in found["grounds"]]
