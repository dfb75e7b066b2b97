"""The library's front: a rulebook that is asked at an instant.

book = Book(rulebook)
decision = book.at(instant).decide({"subject": ..., "action": ..., "resource": ..., "context": ...})
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from compliance.engine.answered import Answered
from compliance.engine.compiler import Compiler
from compliance.engine.decoder import Surroundings, decode
from compliance.engine.explainer import explain
from compliance.engine.json import read_json
from compliance.engine.many import Answerer
from compliance.engine.resources import Elsewhere
from compliance.engine.rows import Rows
from compliance.engine.ruleset import Timeline
from compliance.engine.wire import WireDecoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from compliance.engine.decision import Decision, Verdict
    from compliance.engine.decoder import FedValue
    from compliance.engine.explanations import Explanation
    from compliance.engine.findings import FindingsOn
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.language.rulebook import Rulebook


class Book:
    """A checked rulebook, ready to be asked at any instant."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Take a checked rulebook."""
        self.rulebook = rulebook
        self.timeline = Timeline(rulebook)
        self.warmed: WireDecoder | None = None
        """What reads requests fast, once `warm` has made it."""
        self._compilers: dict[Ruleset, Compiler] = {}

    def at(self, instant: datetime, fed: Mapping[tuple[str, str], FedValue] | None = None) -> BookAt:
        """Return the book as it stands at `instant` (aware), where feeds say `fed`: by path and resource id."""
        ruleset = self.timeline.at(instant)
        compiler = self._compilers.get(ruleset)
        if compiler is None:
            compiler = self._compilers.setdefault(ruleset, Compiler(ruleset))
        return BookAt(self, compiler, Surroundings(instant, fed) if fed else Surroundings(instant))

    def warm(self, instant: datetime) -> WireDecoder:
        """Return what reads requests fast; it takes a moment to make, and serves every instant.

        It depends on vocabulary and catalogue only; `instant` says with which ruleset it is made. Two threads may
        both make one: they are the same.
        """
        if self.warmed is None:
            self.warmed = WireDecoder(self.timeline.at(instant))
        return self.warmed


class BookAt:
    """A rulebook at one instant."""

    def __init__(self, book: Book, compiler: Compiler, around: Surroundings) -> None:
        """Take the rulebook, its compiled ruleset in force, and the instant that requests are judged at, and feeds."""
        self.book = book
        self.compiler = compiler
        self.ruleset = compiler.ruleset
        self.around = around
        self.instant = around.time

    def later(self, instant: datetime) -> BookAt:
        """Return the book at another instant at which the same rules are in force."""
        return BookAt(self.book, self.compiler, Surroundings(instant, self.around.fed, self.around.gate))

    def warm(self) -> None:
        """Do now what the first requests would wait for: half a second, for the shipped rulebook."""
        self.book.warm(self.instant).templates.warm()
        self.compiler.warm()

    def request(self, body: object, *, strict: bool = True) -> Request:
        """Return `body` decoded; raise `RequestRefused` with every problem of it."""
        found = self.book.warm(self.instant).read_tree(body, self.around, strict=strict)
        return found if found is not None else decode(self.ruleset, body, self.around, strict=strict)

    def read(self, body: bytes, *, strict: bool = True) -> Request | None:
        """Return the request in the bytes of a body, or `None`: then parse it, strictly, and call `request`."""
        return self.book.warm(self.instant).read(body, self.around, strict=strict)

    def read_evaluation(self, body: bytes) -> tuple[Request, frozenset[str]] | None:
        """Return the request in an AuthZEN body and the types of obligation its client declares, or `None`."""
        return self.book.warm(self.instant).read_evaluation(body, self.around)

    def read_all(self, body: bytes, most: int) -> Iterator[Request | bytes]:
        """Yield the requests in a batch as it came, at most as many; the bytes of one that has to be parsed.

        Raises `Unusual`, at any time, for a batch that has to be parsed as a whole; then nothing of it counts.
        """
        return self.book.warm(self.instant).read_all(body, self.around, most)

    def split(self, body: bytes) -> list[bytes] | None:
        """Return the bodies in `{"requests": [...]}`, or `None`: then it has to be parsed, strictly."""
        return self.book.warm(self.instant).split(body)

    def verdict(self, request: Request) -> Verdict:
        """Return the outcome of a decoded request and the rules that determine it."""
        return self.compiler.verdict(request)

    def judge(self, body: object, *, strict: bool = True) -> Verdict:
        """Return the verdict on `body`, parsed JSON or its bytes, without explaining it.

        It is the stricter of two where the action names a second subject.

        Raises:
            RequestRefused: with every problem of it.
            MalformedJSON: if it is bytes, and no JSON.
        """
        wire = self.book.warmed or self.book.warm(self.instant)
        if isinstance(body, bytes):
            found = wire.judge_bytes(body, self.around, self.compiler, strict)
            body = read_json(body) if found is None else body
        else:
            found = wire.judge(body, self.around, self.compiler, strict)
        return found if found is not None else self._judged(self.request(body, strict=strict))

    def _judged(self, request: Request) -> Verdict:
        verdict = self.verdict(request)
        if request.counterparty is None:
            return verdict
        return min(verdict, self._judged(request.counterparty[1]), key=lambda found: found.outcome.severity)

    def elsewhere(self, request: Request) -> Elsewhere:
        """Return what puts a request to other resources of the type that it names.

        The request has to stand, and to say nothing of its resource but type and id.
        """
        return Elsewhere(request, self.compiler, self.book.warm(self.instant).templates, self.around)

    def decide(self, body: object, *, strict: bool = True) -> Decision:
        """Return the decision on `body`; raise `RequestRefused` if it cannot be read."""
        return self.decision(self.request(body, strict=strict))

    def decide_many(self, requests: Iterable[object] | Any, *, strict: bool = True) -> list[Answered]:
        """Return outcomes and grounds of many requests, in order, without explaining them.

        Args:
            requests: bodies, each as `decide` takes one, or an Arrow table with a column for each fact that is given
                (`subject.residence`) and for `subject.type`, `action.name`, `resource.type` and `resource.id`.
            strict: whether unknown names in bodies are refused.

        Raises:
            ValueError: if a table lacks a column, or has one that is no fact.
        """
        answerer = Answerer(self.compiler, self.book.warm(self.instant), self.around)
        if hasattr(requests, "column_names"):
            return Rows(self.compiler, answerer, requests).answers()
        return answerer.bodies(requests, strict=strict)

    def decision(self, request: Request) -> Decision:
        """Return the explained decision on a decoded request; the stricter of two if it names a second subject."""
        explanation = self.explanation(request)
        made = self._explained(request) if explanation is None else explanation.of(request)
        if request.counterparty is None:
            return made
        name, second = request.counterparty
        return joined(made, name, self.decision(second))

    def explanation(self, request: Request) -> Explanation | None:
        """Return what explains a decoded request and all that are like it, its counterparty aside.

        `None` for one that is like no other: `decision` explains it by itself.
        """
        return self.compiler.explanations.of(request, self._explained)

    def _explained(self, request: Request, findings: FindingsOn | None = None) -> Decision:
        return explain(self.ruleset, request, self.verdict(request), self._vary, findings)

    def _vary(self, _: Ruleset, request: Request) -> Verdict:
        return self.compiler.verdict(request)


def joined(first: Decision, name: str, second: Decision) -> Decision:
    """Return the first subject's decision with the second's beside it; the stricter outcome answers.

    Where the second subject's is the stricter, the ground is the name under which the action names him.
    """
    stricter = min(first.outcome, second.outcome, key=lambda outcome: outcome.severity)
    ground = first.ground if stricter is first.outcome else name
    made: Decision = msgspec.structs.replace(first, outcome=stricter, ground=ground, counterparty=(name, second))
    return made
