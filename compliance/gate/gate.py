"""Turn a request into an answer: the rulebook in force decides it, the clock dates it, the recorder makes it durable.

Invariant: an answer leaves only after its record is durable; one request sees one rulebook; no error becomes an allow.

Reference: DESIGN sections 5 and 6.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.json import read_json, write_json
from compliance.gate.answer import Answer
from compliance.gate.clock import SYSTEM_CLOCK
from compliance.gate.feeds import NOTHING, Feeds
from compliance.gate.forms import PLAIN, with_receipt
from compliance.gate.identity import new_id
from compliance.gate.question import Question, read_question
from compliance.gate.recorder import NoRecorder, Record
from compliance.ledger.errors import LedgerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from compliance.engine.book import BookAt
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.gate.clock import Clock
    from compliance.gate.feeds import Fed
    from compliance.gate.forms import Form
    from compliance.gate.recorder import Receipted, Recorder
    from compliance.gate.shelf import Shelf, Shelved
    from compliance.ledger.entry import IdempotencyKey

ALLOW_FOR: Final = timedelta(seconds=30)
"""How long an answer holds where the vocabulary does not say."""
_TURN: Final = 20
"""Requests of a batch that are decided before others get their turn."""


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


class Given(msgspec.Struct, frozen=True, gc=False):
    """What leaves: the answer in the bytes of its form, receipt included."""

    response: bytes
    answer: Answer | None
    """`None` where the idempotency key had been answered before: then the bytes are those of that answer."""
    receipt: bytes | None = None
    """The receipt that is in the bytes, as JSON."""


Found = Given | RequestRefused


class Gate:
    """Answers requests by the rulebook on a shelf."""

    def __init__(
        self,
        shelf: Shelf,
        clock: Clock = SYSTEM_CLOCK,
        recorder: Recorder | None = None,
        feeds: Feeds | None = None,
    ) -> None:
        """Take where the rulebook is, what time it is, where answers are recorded (nowhere by default), and feeds."""
        self.shelf = shelf
        self.clock = clock
        self.recorder: Recorder = recorder if recorder is not None else NoRecorder()
        self.feeds = feeds if feeds is not None else Feeds()

    async def answer(self, body: object, *, form: Form = PLAIN) -> Answer:
        """Return the recorded answer to `body` (parsed JSON); raise `RequestRefused` if it cannot be read."""
        found = (await self.give([Asked(body, form=form)]))[0]
        if isinstance(found, RequestRefused):
            raise found
        if found.answer is None:
            raise TypeError("only what came with an idempotency key was answered before")
        receipt = None if found.receipt is None else msgspec.json.decode(found.receipt, type=str)
        return msgspec.structs.replace(found.answer, receipt=receipt)

    async def give(
        self, asked: Sequence[Asked], *, until: Callable[[int, Answer | RequestRefused], bool] | None = None
    ) -> list[Found]:
        """Return the recorded answers to what is `asked`, in order, all by one rulebook at one instant.

        A request that cannot be read has its refusal in its place, and the others are answered. The first that
        satisfies `until` (its index, what was found) is the last.

        Raises:
            LedgerError: if the answers could not be made durable; then there are none. See `Recorder.record`.
        """
        shelved, now, fed = self.shelf.current, self.clock.now(), self.feeds.current
        judged: list[Answer | RequestRefused] = []
        for index, each in enumerate(asked):
            if index % _TURN == _TURN - 1:
                await asyncio.sleep(0)
            try:
                judged.append(judge(each, shelved, now, new_id(now), fed))
            except RequestRefused as refused:
                judged.append(refused)
            if until is not None and until(index, judged[-1]):
                break
        return await self._recorded(asked, judged, shelved, fed)

    async def give_one(self, asked: Asked) -> Given:
        """Return the recorded answer to one request, as `give` does; raise `RequestRefused` if it cannot be read."""
        if self.recorder.records or asked.key is not None:
            found = (await self.give([asked]))[0]
            if isinstance(found, RequestRefused):
                raise found
            return found
        shelved, now, fed = self.shelf.current, self.clock.now(), self.feeds.current
        answer = judge(asked, shelved, now, new_id(now), fed)
        return Given(asked.form.spell(answer), answer)

    def begin(self, asked: Asked, done: Callable[[Given | Exception], None]) -> Given | None:
        """Return the answer to one request where nothing is recorded; else `None`, and `done` gets it once it is.

        To be called on an event loop, which `done` is called on, too.

        Raises:
            RequestRefused: if the request cannot be read.
            LedgerError: if its answer can be seen not to become durable.
        """
        shelved, now, fed = self.shelf.current, self.clock.now(), self.feeds.current
        answer = judge(asked, shelved, now, new_id(now), fed)
        response = asked.form.spell(answer)
        if not self.recorder.records and asked.key is None:
            return Given(response, answer)
        record = Record(answer, asked.form, shelved.book.rulebook, asked.bytes(), response, asked.key, fed)

        def recorded(found: Receipted | Exception) -> None:
            try:
                done(found if isinstance(found, Exception) else _given(answer, found))
            except Exception as error:  # noqa: BLE001 - whoever waits is told
                done(error)

        self.recorder.begin(record, recorded)
        return None

    def now(self, as_of: datetime | None = None) -> BookAt:
        """Return the rulebook as it stands now, or at `as_of`."""
        instant = as_of if as_of is not None else self.clock.now()
        return self.shelf.current.book.at(instant, self.feeds.current)

    async def _recorded(
        self, asked: Sequence[Asked], judged: list[Answer | RequestRefused], shelved: Shelved, fed: Fed
    ) -> list[Found]:
        rulebook = shelved.book.rulebook
        records = [
            Record(each, of.form, rulebook, of.bytes(), of.form.spell(each), of.key, fed)
            for of, each in zip(asked, judged, strict=False)
            if isinstance(each, Answer)
        ]
        try:
            recorded = iter(await self.recorder.record(records))
        except OSError as error:
            raise LedgerUnavailableError("the answer could not be recorded") from error
        return [each if isinstance(each, RequestRefused) else _given(each, next(recorded)) for each in judged]


def _given(answer: Answer, kept: Receipted) -> Given:
    """Return an answer with its receipt, or the bytes that its idempotency key was answered with before."""
    if kept.receipt is None:
        return Given(kept.response, None if kept.repeated else answer)
    response = with_receipt(kept.response, kept.receipt)
    return Given(response, None if kept.repeated else answer, kept.receipt)


def judge(asked: Asked, shelved: Shelved, now: datetime, id_: str, fed: Fed = NOTHING) -> Answer:
    """Return the answer to one request, taken at `now` under the name `id_`, recorded nowhere yet.

    `fed` is what feeds say; it is recorded with the answer.

    Raises:
        RequestRefused: with every problem of the request.
    """
    book = shelved.book.at(now, fed)
    # A body with an instant of its own, or with anything else that is unusual, is not read at once.
    quick = asked.form.quick(book, asked.raw) if asked.raw is not None else None
    binding = True
    if quick is not None:
        request, asked.form = quick
    else:
        book, request, binding = _read(asked, shelved, now, fed)
    ruleset = book.ruleset
    explanation = book.explanation(request) if request.counterparty is None else None
    return Answer(
        id=id_,
        request=request,
        decision=book.decision(request) if explanation is None else explanation.of(request),
        ruleset=shelved.mark(ruleset.digest),
        decided_at=now,
        expires_at=_expiry(ruleset, request, now) if binding else None,
        binding=binding,
        explanation=explanation,
    )


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
