"""Spell answers from pieces of JSON: those that share an explanation differ only in their name, times and shown values.

Invariant: what is pieced together is, byte for byte, what encoding the answer as a whole gives.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from compliance.gate.values import instant, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from compliance.engine.explanations import Explanation
    from compliance.gate.answer import Answer, RulesetMark

MOST: Final = 10_000
"""Kept at once; then all are forgotten."""
_encode: Final = msgspec.json.Encoder().encode
_MARK: Final = "\0"
"""Stands before the name of what is to be put in; no text of a rulebook has it."""
_MARKED: Final = re.compile(rb'"\\u0000([^"]+)"')
_OWN: Final = ("id", "as_of", "decided_at", "expires_at", "ignored")
"""Members of an answer that are its own; the names of facts have a dot."""


class _Kept(msgspec.Struct, frozen=True, gc=False):
    explanation: Explanation
    """Held, so that no other can take its identity."""
    ruleset: RulesetMark
    between: tuple[bytes, ...]
    names: tuple[str, ...]
    """What is put between two pieces: a member of the answer, or the value of a fact."""


class Pieces:
    """Pieces of answers, by explanation and by how they are spelled."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[tuple[int, Hashable], _Kept] = {}

    def spell(self, answer: Answer, form: Hashable, whole: Callable[[Answer], dict[str, Any]]) -> bytes:
        """Return the JSON of an answer; `whole` spells one as an object, and `form` tells ways of spelling apart."""
        explanation = answer.explanation
        if explanation is None or answer.expires_at is None or not answer.binding or answer.request.warnings:
            return _encode(whole(answer))
        key = (id(explanation), form)
        kept = self._kept.get(key)
        if kept is None or kept.ruleset != answer.ruleset:
            if len(self._kept) >= MOST:
                self._kept.clear()
            kept = self._kept[key] = _pieces(answer, explanation, whole)
        return _joined(kept, answer)


def _pieces(answer: Answer, explanation: Explanation, whole: Callable[[Answer], dict[str, Any]]) -> _Kept:
    marks = {path: _MARK + path for path in explanation.shown}
    made = whole(msgspec.structs.replace(answer, decision=explanation.showing(marks)))
    inner = made if "id" in made else made["context"]
    inner |= {name: _MARK + name for name in _OWN if name in inner}
    # Text and marked names by turns.
    parts = _MARKED.split(_encode(made))
    return _Kept(explanation, answer.ruleset, tuple(parts[::2]), tuple(name.decode() for name in parts[1::2]))


def _joined(kept: _Kept, answer: Answer) -> bytes:
    request = answer.request
    as_of = f'"{instant(request.time)}"'.encode()
    decided_at = as_of if answer.decided_at is request.time else f'"{instant(answer.decided_at)}"'.encode()
    own = {
        "id": f'"{answer.id}"'.encode(),
        "as_of": as_of,
        "decided_at": decided_at,
        "expires_at": _encode(instant(answer.expires_at)) if answer.expires_at is not None else b"null",
        "ignored": b"[]" if not request.ignored else _encode(request.ignored),
    }
    parts = [kept.between[0]]
    for name, after in zip(kept.names, kept.between[1:], strict=True):
        parts += (own[name] if name in own else _encode(spelled(request.facts[name])), after)
    return b"".join(parts)
