"""What every endpoint works with: the gate, the counters, the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance.api.metrics import Metrics
from compliance.api.settings import Settings
from compliance.engine.json import MalformedJSON
from compliance.engine.wire_types import Unusual
from compliance.gate.gate import Given

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from compliance.engine.envelope import RequestRefused
    from compliance.gate.answer import Answer
    from compliance.gate.forms import Form
    from compliance.gate.gate import Found, Gate
    from compliance.gate.shelf import Shelved
    from compliance.gate.sitting import Asked


@dataclass(frozen=True, slots=True)
class Service:
    """One running service."""

    gate: Gate
    metrics: Metrics = field(default_factory=Metrics)
    settings: Settings = field(default_factory=Settings)

    @property
    def shelved(self) -> Shelved:
        """Return the rulebook in force."""
        return self.gate.shelf.current

    async def answer(self, asked: Asked) -> bytes:
        """Return the answer to one request in the bytes of its form, counted; raise `RequestRefused` for none."""
        vocabulary = self.shelved.book.rulebook.vocabulary
        found = await self.gate.give_one(asked)
        if found.answer is not None:
            self.metrics.decided(found.answer.tally, vocabulary)
        return found.response

    def begin(self, asked: Asked, done: Callable[[Given | Exception], None]) -> Given | None:
        """Return the answer to one request, counted, or `None`: then `done` gets it, or what went wrong, later.

        Raises what `Gate.begin` does.
        """
        vocabulary = self.shelved.book.rulebook.vocabulary

        def counted(found: Given | Exception) -> None:
            if isinstance(found, Given) and found.answer is not None:
                self.metrics.decided(found.answer.tally, vocabulary)
            done(found)

        found = self.gate.begin(asked, counted)
        if found is not None and found.answer is not None:
            self.metrics.decided(found.answer.tally, vocabulary)
        return found

    async def answer_all(
        self, asked: Sequence[Asked], until: Callable[[int, Answer | RequestRefused], bool] | None = None
    ) -> list[Found]:
        """Return the answers to what is `asked` in order, counted, as `Gate.give` does."""
        vocabulary = self.shelved.book.rulebook.vocabulary
        found = await self.gate.give(asked, until=until)
        for each in found:
            if isinstance(each, Given) and each.answer is not None:
                self.metrics.decided(each.answer.tally, vocabulary)
        return found

    async def answer_batch(self, body: bytes, form: Form, most: int) -> list[bytes | RequestRefused] | None:
        """Return the answers to a batch as it came, counted; `None` where it is to be parsed, or they are recorded."""
        if self.gate.recorder.records:
            return None
        vocabulary = self.shelved.book.rulebook.vocabulary
        try:
            found, taken = await self.gate.give_batch(body, form, most)
        except (Unusual, MalformedJSON):
            return None
        for tally, count in taken.items():
            self.metrics.decided(tally, vocabulary, count)
        return found

    def mark(self) -> dict[str, Any]:
        """Return which rules answer now, as answers name them."""
        shelved = self.shelved
        digest = self.gate.now().ruleset.digest
        return {"version": shelved.version, "status": shelved.status, "digest": digest}
