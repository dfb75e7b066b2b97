"""Judge requests by one rulebook at one instant: what is the same for all of them is found once.

Invariant: nothing here is recorded; an answer leaves through `gate` only.

Reference: DESIGN section 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.json import read_json, write_json
from compliance.gate.answer import Answer
from compliance.gate.feeds import NOTHING
from compliance.gate.forms import PLAIN
from compliance.gate.identity import Names
from compliance.gate.question import Question, read_question
from compliance.gate.values import instant_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from compliance.engine.book import BookAt
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.gate.answer import RulesetMark
    from compliance.gate.feeds import Fed
    from compliance.gate.forms import Form
    from compliance.gate.shelf import Shelved
    from compliance.ledger.entry import IdempotencyKey

ALLOW_FOR: Final = timedelta(seconds=30)
"""How long an answer holds where the vocabulary does not say."""
_encode: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Asked:
    """One request as it came, as parsed JSON, as bytes, or both; and how the answer is to be spelled."""

    body: object = None
    """Parsed JSON; where there are bytes, only looked at if they cannot be read at once."""
    raw: bytes | None = field(default=None, repr=False)
    form: Form = PLAIN
    key: IdempotencyKey | None = None

    def tree(self) -> object:
        """Return it as parsed JSON; raise `MalformedJSON`."""
        if self.body is None and self.raw is not None:
            self.body = read_json(self.raw)
        return self.body

    def bytes(self) -> bytes:
        """Return it as bytes."""
        if self.raw is None:
            self.raw = write_json(self.body)
        return self.raw


class InForce(NamedTuple):
    """What sittings by the same rules share."""

    book: BookAt
    since: datetime
    end: datetime | None
    """The first instant at which other rules are in force."""
    allow_for: timedelta
    mark: RulesetMark

    def holds(self, now: datetime) -> bool:
        """Say whether these are the rules at an instant, too."""
        return self.since <= now and (self.end is None or now < self.end)


class Sitting:
    """A rulebook at an instant, for as many requests as are judged then."""

    __slots__ = (
        "_as_of",
        "_book",
        "_expires",
        "_explanation",
        "_first",
        "_names",
        "fed",
        "in_force",
        "mark",
        "now",
        "shelved",
    )

    def __init__(self, shelved: Shelved, now: datetime, fed: Fed = NOTHING, known: InForce | None = None) -> None:
        """Take the rulebook, the instant, and what feeds say; that is recorded with each answer.

        `known` is what another sitting by the same rulebook and feeds found in force at its instant.
        """
        self.shelved, self.now, self.fed = shelved, now, fed
        if known is not None and known.holds(now):
            self._book, self.in_force = known.book.later(now), known
        else:
            self._book = shelved.book.at(now, fed)
            self.in_force = known = _in_force(shelved, self._book)
        self.mark = known.mark
        self._names = Names(now)
        first, end = now + known.allow_for, known.end
        self._first = first if end is None or end > first else end
        self._as_of, self._expires = instant_json(now), instant_json(self._first)
        self._explanation = self._book.explanation

    def judge(self, asked: Asked, id_: str | None = None) -> Answer:
        """Return the answer to one request, under a new name or the one given.

        Raises:
            RequestRefused: with every problem of the request.
        """
        # A body with an instant of its own, or with anything else that is unusual, is not read at once.
        quick = asked.form.quick(self._book, asked.raw) if asked.raw is not None else None
        if quick is None or quick[0].counterparty is not None:
            return self._judge(asked, id_ or self._names.new(), quick)
        request, asked.form = quick
        return self._answer(request, id_ or self._names.new())

    def judge_all(self, body: bytes, form: Form, most: int) -> Iterator[Answer | RequestRefused]:
        """Yield the answer to each request of a batch of our own interface, as it came, at most as many.

        Raises `Unusual`, at any time, for a batch that has to be parsed; then nothing of it counts.
        """
        new, answer = self._names.new, self._answer
        for found in self._book.read_all(body, most):
            if isinstance(found, bytes):
                try:
                    yield self.judge(Asked(raw=found, form=form))
                except RequestRefused as refused:
                    yield refused
            else:
                yield answer(found, new())

    def _answer(self, request: Request, name: str) -> Answer:
        """Return the answer to a request about which nothing is unusual."""
        explanation = self._explanation(request)
        expires, spelt = self._first, self._expires
        if request.holds_until is not None and request.holds_until < expires:
            expires = request.holds_until
            spelt = instant_json(expires)
        return Answer(
            id=name,
            request=request,
            ruleset=self.mark,
            decided_at=self.now,
            expires_at=expires,
            binding=True,
            made=self._book.decision(request) if explanation is None else None,
            explanation=explanation,
            own=(
                b'"%b"' % name.encode(),
                self._as_of,
                self._as_of,
                spelt,
                _encode(request.ignored) if request.ignored else b"[]",
                _encode(request.resource_id),
            ),
        )

    def _judge(self, asked: Asked, id_: str, quick: tuple[Request, Form] | None) -> Answer:
        """Return the answer to a request about which something is unusual."""
        book, binding = self._book, True
        if quick is not None:
            request, asked.form = quick
        else:
            book, request, binding = _read(asked, self.shelved, self.now, self.fed)
        ruleset = book.ruleset
        explanation = book.explanation(request) if request.counterparty is None else None
        return Answer(
            id=id_,
            request=request,
            ruleset=self.shelved.mark(ruleset.digest),
            decided_at=self.now,
            expires_at=_expiry(ruleset, request, self.now) if binding else None,
            binding=binding,
            made=book.decision(request) if explanation is None else None,
            explanation=explanation,
        )


def _in_force(shelved: Shelved, book: BookAt) -> InForce:
    ruleset = book.ruleset
    allow_for, mark = ruleset.vocabulary.allow_for or ALLOW_FOR, shelved.mark(ruleset.digest)
    return InForce(book, book.instant, ruleset.period.end, allow_for, mark)


def judge(asked: Asked, shelved: Shelved, now: datetime, id_: str, fed: Fed = NOTHING) -> Answer:
    """Return the answer to one request, taken at `now` under the name `id_`; see `Sitting.judge`."""
    return Sitting(shelved, now, fed).judge(asked, id_)


def _read(asked: Asked, shelved: Shelved, now: datetime, fed: Fed) -> tuple[BookAt, Request, bool]:
    """Return what is asked of which rules, and whether the answer binds; notes in `asked` what it declares."""
    strict = asked.form.strict
    body, asked.form = asked.form.question(asked.tree())
    question = read_question(body, now, shelved.loaded_at) if strict else Question(body)
    book = shelved.book.at(question.as_of if question.as_of is not None else now, fed)
    try:
        request = book.request(question.body, strict=strict)
    except RequestRefused as refused:
        raise RequestRefused((*question.problems, *refused.problems)) from None
    if question.problems:
        raise RequestRefused(question.problems)
    if asked.key is not None and not question.binding:
        cure = "send it without `Idempotency-Key`"
        raise RequestRefused((Problem("/as_of", "a what-if binds nobody and has no idempotency key", cure),))
    return book, request, question.binding


def _expiry(ruleset: Ruleset, request: Request, now: datetime) -> datetime:
    """Return the first instant at which the answer may be another: time allowed, a fact too old, a dated change."""
    first = now + (ruleset.vocabulary.allow_for or ALLOW_FOR)
    second = None if request.counterparty is None else request.counterparty[1].holds_until
    for end in (ruleset.period.end, request.holds_until, second):
        if end is not None and end < first:
            first = end
    return first
