"""What every endpoint works with: the gate, the counters, the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance.api.metrics import Metrics
from compliance.api.settings import Settings
from compliance.gate.gate import Given

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from compliance.engine.envelope import RequestRefused
    from compliance.gate.answer import Answer
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
            self.metrics.decided((found.answer,), vocabulary)
        return found.response

    def begin(self, asked: Asked, done: Callable[[Given | Exception], None]) -> Given | None:
        """Return the answer to one request, counted, or `None`: then `done` gets it, or what went wrong, later.

        Raises what `Gate.begin` does.
        """
        vocabulary = self.shelved.book.rulebook.vocabulary

        def counted(found: Given | Exception) -> None:
            if isinstance(found, Given) and found.answer is not None:
                self.metrics.decided((found.answer,), vocabulary)
            done(found)

        found = self.gate.begin(asked, counted)
        if found is not None and found.answer is not None:
            self.metrics.decided((found.answer,), vocabulary)
        return found

    async def answer_all(
        self, asked: Sequence[Asked], until: Callable[[int, Answer | RequestRefused], bool] | None = None
    ) -> list[Found]:
        """Return the answers to what is `asked` in order, counted, as `Gate.give` does."""
        vocabulary = self.shelved.book.rulebook.vocabulary
        found = await self.gate.give(asked, until=until)
        self.metrics.decided([each.answer for each in found if isinstance(each, Given) and each.answer], vocabulary)
        return found

    def mark(self) -> dict[str, Any]:
        """Return which rules answer now, as answers name them."""
        shelved = self.shelved
        digest = self.gate.now().ruleset.digest
        return {"version": shelved.version, "status": shelved.status, "digest": digest}
