"""Turn a request into an answer: the rulebook in force decides it, the clock dates it, the recorder makes it durable.

Invariant: an answer leaves only after its record is durable; one request sees one rulebook; no error becomes an allow.

Reference: DESIGN sections 5 and 6.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from compliance.engine.envelope import RequestRefused
from compliance.gate.answer import Answer
from compliance.gate.clock import SYSTEM_CLOCK
from compliance.gate.feeding import Feeding
from compliance.gate.feeds import Feeds
from compliance.gate.forms import PLAIN, with_receipt
from compliance.gate.recorder import NoRecorder, Record
from compliance.gate.sitting import Asked, Sitting
from compliance.ledger.errors import LedgerError, LedgerUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from compliance.engine.book import BookAt
    from compliance.gate.answer import Tally
    from compliance.gate.clock import Clock
    from compliance.gate.forms import Form
    from compliance.gate.recorder import Receipted, Recorder
    from compliance.gate.shelf import Shelf

_TURN: Final = 50
"""Requests of a batch that are decided before others get their turn: about half a millisecond."""
_AT_ONCE: Final = timedelta(milliseconds=5)
"""How far apart requests of one turn may be to be decided at one instant: no fact is taken for fresher than that."""
_NO_TIME: Final = timedelta(0)


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
        self._last: Sitting | None = None
        self._turn: Sitting | None = None
        """What requests are judged by that come in one turn of the event loop: they come at one instant."""
        self.feeding = Feeding(shelf, self.feeds)
        """What keeps feeds as a log states them, where there is one."""

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
        sitting, keeps = self._sitting(), self.recorder.records
        found: list[Found | Answer] = []
        for index, each in enumerate(asked):
            if index % _TURN == _TURN - 1:
                await asyncio.sleep(0)
            judged: Answer | RequestRefused
            try:
                judged = sitting.judge(each)
            except RequestRefused as refused:
                judged = refused
            if isinstance(judged, Answer) and not keeps and each.key is None:
                found.append(Given(each.form.spell(judged), judged))
            else:
                found.append(judged)
            if until is not None and until(index, judged):
                break
        return await self._recorded(asked, found, sitting)

    async def give_batch(
        self, body: bytes, form: Form, most: int
    ) -> tuple[list[bytes | RequestRefused], dict[Tally, int]]:
        """Return what `give` returns to a batch of our own interface, as it came, in bytes, and how many of each kind.

        For a gate that records nothing: what nobody keeps is not made, which is a third of what a batch took.

        Raises:
            Unusual: for a batch that has to be parsed first, or has more than as many requests.
            LedgerError: if answers are recorded here, and `give` gives them.
        """
        if self.recorder.records:
            raise LedgerError("answers that are recorded leave with their receipts")
        found: list[bytes | RequestRefused] = []
        taken: dict[Tally, int] = {}
        spell = form.spell
        for index, judged in enumerate(self._sitting().judge_all(body, form, most)):
            if isinstance(judged, Answer):
                tally = judged.tally
                taken[tally] = taken.get(tally, 0) + 1
                found.append(spell(judged))
            else:
                found.append(judged)
            if index % _TURN == _TURN - 1:
                await asyncio.sleep(0)
        return found, taken

    async def give_one(self, asked: Asked) -> Given:
        """Return the recorded answer to one request, as `give` does; raise `RequestRefused` if it cannot be read."""
        if self.recorder.records or asked.key is not None:
            found = (await self.give([asked]))[0]
            if isinstance(found, RequestRefused):
                raise found
            return found
        answer = self._sitting().judge(asked)
        return Given(asked.form.spell(answer), answer)

    def begin(self, asked: Asked, done: Callable[[Given | Exception], None]) -> Given | None:
        """Return the answer to one request where nothing is recorded; else `None`, and `done` gets it once it is.

        To be called on an event loop, which `done` is called on, too.

        Raises:
            RequestRefused: if the request cannot be read.
            LedgerError: if its answer can be seen not to become durable.
        """
        sitting = self._sitting_of_turn()
        answer = sitting.judge(asked)
        if not self.recorder.records and asked.key is None:
            return Given(asked.form.spell(answer), answer)

        def recorded(found: Receipted | Exception) -> None:
            try:
                done(found if isinstance(found, Exception) else _given(answer, found))
            except Exception as error:  # noqa: BLE001 - whoever waits is told
                done(error)

        self.recorder.begin(_record(asked, answer, sitting), recorded)
        return None

    def _sitting_of_turn(self) -> Sitting:
        """Return the sitting of this turn of the running event loop.

        It is another one once rules or feeds have changed, where the turn takes long, and after a clock was set.
        """
        sitting = self._turn
        if sitting is None:
            asyncio.get_running_loop().call_soon(self._end_turn)
        elif (
            sitting.shelved is self.shelf.current
            and sitting.fed is self.feeds.current
            and _NO_TIME <= self.clock.now() - sitting.now <= _AT_ONCE
        ):
            return sitting
        self._turn = sitting = self._sitting()
        return sitting

    def _end_turn(self) -> None:
        self._turn = None

    def _sitting(self) -> Sitting:
        shelved, now, fed = self.shelf.current, self.clock.now(), self.feeds.current
        last = self._last
        if last is not None and (last.shelved is not shelved or last.fed is not fed):
            last = None
        self._last = sitting = Sitting(shelved, now, fed, None if last is None else last.in_force)
        return sitting

    def now(self, as_of: datetime | None = None) -> BookAt:
        """Return the rulebook as it stands now, or at `as_of`."""
        instant = as_of if as_of is not None else self.clock.now()
        return self.shelf.current.book.at(instant, self.feeds.current)

    async def _recorded(self, asked: Sequence[Asked], found: list[Found | Answer], sitting: Sitting) -> list[Found]:
        """Return what was found, with each answer that is still to be recorded recorded."""
        records = [
            _record(of, each, sitting) for of, each in zip(asked, found, strict=False) if isinstance(each, Answer)
        ]
        if not records:
            return [each for each in found if not isinstance(each, Answer)]
        try:
            recorded = iter(await self.recorder.record(records))
        except OSError as error:
            raise LedgerUnavailableError("the answer could not be recorded") from error
        return [_given(each, next(recorded)) if isinstance(each, Answer) else each for each in found]


def _record(asked: Asked, answer: Answer, sitting: Sitting) -> Record:
    rulebook = sitting.shelved.book.rulebook
    return Record(answer, asked.form, rulebook, asked.bytes(), asked.form.spell(answer), asked.key, sitting.fed)


def _given(answer: Answer, kept: Receipted) -> Given:
    """Return an answer with its receipt, or the bytes that its idempotency key was answered with before."""
    if kept.receipt is None:
        return Given(kept.response, None if kept.repeated else answer)
    response = with_receipt(kept.response, kept.receipt)
    return Given(response, None if kept.repeated else answer, kept.receipt)
