"""What every endpoint works with: the gate, the counters, the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance.api.metrics import Metrics
from compliance.api.problems import NotRecorded
from compliance.api.settings import Settings
from compliance.engine.envelope import RequestRefused
from compliance.gate.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from compliance.gate.gate import Gate
    from compliance.gate.shelf import Shelved


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

    async def answer(self, body: object, *, strict: bool) -> Answer:
        """Return the answer to `body`, counted; raise `RequestRefused` if it cannot be read."""
        found = (await self.answer_all([body], strict=strict))[0]
        if isinstance(found, RequestRefused):
            raise found
        return found

    async def answer_all(
        self,
        bodies: Sequence[object],
        *,
        strict: bool,
        until: Callable[[int, Answer | RequestRefused], bool] | None = None,
    ) -> list[Answer | RequestRefused]:
        """Return the answers to `bodies` in order, counted, as `Gate.answer_all` does."""
        actions = frozenset(self.shelved.book.rulebook.vocabulary.all_actions())
        try:
            found = await self.gate.answer_all(bodies, strict=strict, until=until)
        except OSError as error:
            raise NotRecorded from error
        self.metrics.decided((each for each in found if isinstance(each, Answer)), actions)
        return found

    def mark(self) -> dict[str, Any]:
        """Return which rules answer now, as answers name them."""
        shelved = self.shelved
        digest = self.gate.now().ruleset.digest
        return {"version": shelved.version, "status": shelved.status, "digest": digest}
