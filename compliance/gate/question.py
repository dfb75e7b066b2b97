"""Take from a `/v1` request what is for the gate and not for the rulebook: at which instant it is asked.

Reference: DESIGN section 5: an answer for any instant but now is a what-if, which binds nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from compliance.engine.envelope import Problem
from compliance.gate.values import instant
from compliance.vocabulary.reading import Refused, read_value
from compliance.vocabulary.types import TIMESTAMP

if TYPE_CHECKING:
    from collections.abc import Mapping

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_OURS: Final = ("as_of", "known_at")


@dataclass(frozen=True, slots=True)
class Question:
    """A request without what is for the gate, and the instant it is asked for (`None` is now)."""

    body: object
    as_of: datetime | None = None
    known_at: datetime | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def binding(self) -> bool:
        """Say whether the answer binds: not that of a what-if."""
        return self.as_of is None and self.known_at is None


def read_question(body: object, now: datetime, loaded_at: datetime) -> Question:
    """Return `body` (parsed JSON) as a question; what is wrong with its instants is in `problems`.

    Args:
        body: the request; its `as_of` and `known_at` are taken out.
        now: the present instant.
        loaded_at: since when the only rulebook that is known has been known.
    """
    if not isinstance(body, dict) or not any(name in body for name in _OURS):
        return Question(body)
    problems: list[Problem] = []
    as_of = _instant(body, "as_of", problems)
    known_at = _instant(body, "known_at", problems)
    if known_at is not None and not loaded_at <= known_at <= now:
        help_ = f"without a registry it lies between {instant(loaded_at)} and now"
        problems.append(Problem("/known_at", "what was known at that instant is not kept", help_))
    rest = {name: value for name, value in body.items() if name not in _OURS}
    return Question(rest, as_of, known_at, tuple(problems))


def instant_of(text: object) -> datetime:
    """Return the instant written as an RFC 3339 timestamp; raise `Refused` for others and those centuries away."""
    found = read_value(TIMESTAMP, text, records={})
    if not isinstance(found, datetime) or not EARLIEST <= found < LATEST:
        raise Refused("", f"the instant is not between {EARLIEST.year} and {LATEST.year}", "")
    return found


def _instant(body: Mapping[str, object], name: str, problems: list[Problem]) -> datetime | None:
    if name not in body:
        return None
    try:
        return instant_of(body[name])
    except Refused as refused:
        problems.append(Problem(f"/{name}{refused.pointer}", refused.message, refused.help))
        return None
