"""Turn a request into an answer: the rulebook in force decides it, the clock dates it, the recorder makes it durable.

Invariant: an answer leaves only after its record is durable; one request sees one rulebook; no error becomes an allow.

Reference: DESIGN sections 5 and 6.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from compliance.engine.envelope import RequestRefused
from compliance.gate.answer import Answer, RulesetMark
from compliance.gate.clock import SYSTEM_CLOCK
from compliance.gate.identity import new_id
from compliance.gate.question import Question, read_question
from compliance.gate.recorder import NoRecorder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from compliance.engine.book import BookAt
    from compliance.engine.request import Request
    from compliance.engine.ruleset import Ruleset
    from compliance.gate.clock import Clock
    from compliance.gate.recorder import Recorder
    from compliance.gate.shelf import Shelf, Shelved

ALLOW_FOR: Final = timedelta(seconds=30)
"""How long an answer holds where the vocabulary does not say."""
_TURN: Final = 20
"""Requests of a batch that are decided before others get their turn."""


class Gate:
    """Answers requests by the rulebook on a shelf."""

    def __init__(self, shelf: Shelf, clock: Clock = SYSTEM_CLOCK, recorder: Recorder | None = None) -> None:
        """Take where the rulebook is, what time it is, and where answers are recorded (nowhere by default)."""
        self.shelf = shelf
        self.clock = clock
        self.recorder: Recorder = recorder if recorder is not None else NoRecorder()

    async def answer(self, body: object, *, strict: bool = True) -> Answer:
        """Return the recorded answer to `body` (parsed JSON); raise `RequestRefused` if it cannot be read."""
        answer = self._judge(body, self.shelf.current, self.clock.now(), strict=strict)
        return (await self._recorded([answer]))[0]

    async def answer_all(
        self,
        bodies: Sequence[object],
        *,
        strict: bool = True,
        until: Callable[[int, Answer | RequestRefused], bool] | None = None,
    ) -> list[Answer | RequestRefused]:
        """Return the recorded answers to `bodies`, in order, all by one rulebook at one instant.

        A request that cannot be read has its refusal in its place, and the others are answered. The first that
        satisfies `until` (its index, what was found) is the last.
        """
        shelved, now = self.shelf.current, self.clock.now()
        found: list[Answer | RequestRefused] = []
        for index, body in enumerate(bodies):
            if index % _TURN == _TURN - 1:
                await asyncio.sleep(0)
            try:
                found.append(self._judge(body, shelved, now, strict=strict))
            except RequestRefused as refused:
                found.append(refused)
            if until is not None and until(index, found[-1]):
                break
        recorded = iter(await self._recorded([each for each in found if isinstance(each, Answer)]))
        return [next(recorded) if isinstance(each, Answer) else each for each in found]

    def now(self, as_of: datetime | None = None) -> BookAt:
        """Return the rulebook as it stands now, or at `as_of`."""
        return self.shelf.current.book.at(as_of if as_of is not None else self.clock.now())

    def _judge(self, body: object, shelved: Shelved, now: datetime, *, strict: bool) -> Answer:
        question = read_question(body, now, shelved.loaded_at) if strict else Question(body)
        as_of = question.as_of if question.as_of is not None else now
        book = shelved.book.at(as_of)
        ruleset = book.ruleset
        try:
            request = book.request(question.body, strict=strict)
        except RequestRefused as refused:
            raise RequestRefused((*question.problems, *refused.problems)) from None
        if question.problems:
            raise RequestRefused(question.problems)
        return Answer(
            id=new_id(now),
            request=request,
            decision=book.decision(request),
            ruleset=RulesetMark(ruleset.digest, shelved.status, shelved.version),
            decided_at=now,
            expires_at=_expiry(ruleset, request, now) if question.binding else None,
            binding=question.binding,
        )

    async def _recorded(self, answers: list[Answer]) -> list[Answer]:
        receipts = await self.recorder.record(answers)
        return [
            answer if receipt is None else replace(answer, receipt=receipt)
            for answer, receipt in zip(answers, receipts, strict=True)
        ]


def _expiry(ruleset: Ruleset, request: Request, now: datetime) -> datetime:
    """Return the first instant at which the answer may be another: time allowed, a fact too old, a dated change."""
    ends = [now + (ruleset.vocabulary.allow_for or ALLOW_FOR), ruleset.period.end, request.holds_until]
    if request.counterparty is not None:
        ends.append(request.counterparty[1].holds_until)
    return min(end for end in ends if end is not None)
