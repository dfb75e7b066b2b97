"""Spell answers from pieces of JSON: those that share an explanation differ only in their name, times and shown values.

Invariant: what is pieced together is, byte for byte, what encoding the answer as a whole gives.
"""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import force_setattr

from compliance.engine.facts import attribute, holder_of
from compliance.gate.values import instant_json, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from compliance.engine.explanations import Explanation
    from compliance.engine.facts import Facts
    from compliance.gate.answer import Answer, RulesetMark
    from compliance.vocabulary.values import FactValue

MOST: Final = 10_000
"""Kept at once; then all are forgotten."""
_encode: Final = msgspec.json.Encoder().encode
_MARK: Final = "\0"
"""Stands before the name of what is to be put in; no text of a rulebook has it."""
_MARKED: Final = b'"\\u0000'
"""What comes before the name, and a quote after it, in JSON."""
_OWN: Final = ("id", "as_of", "decided_at", "expires_at", "ignored", "resource_id")
"""What is an answer's own, in the order of `_own`; the names of facts have a dot."""


class _Kept(msgspec.Struct, frozen=True, gc=False):
    explanation: Explanation
    """Held, so that no other can take its identity."""
    ruleset: RulesetMark
    parts: list[bytes]
    """Text, with nothing at each place where something is put in."""
    own: tuple[tuple[int, int], ...]
    """Places, and which of `_OWN` is put there."""
    facts: tuple[tuple[int, Callable[[Facts], FactValue]], ...]
    """Places, and what finds the value of the fact that is put there."""


class Pieces:
    """Pieces of answers, by explanation and by how they are spelled."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._kept: dict[tuple[int, Hashable], _Kept] = {}

    def spell(
        self,
        answer: Answer,
        form: Hashable,
        whole: Callable[[Answer], dict[str, Any]],
        encode: Callable[[dict[str, Any]], bytes] = _encode,
    ) -> bytes:
        """Return the JSON of an answer.

        `whole` makes an object of it, `encode` JSON of that; `form` tells ways of spelling apart.
        """
        explanation = answer.explanation
        if explanation is None or answer.expires_at is None or not answer.binding or answer.request.warnings:
            return encode(whole(answer))
        key = (id(explanation), form)
        kept = self._kept.get(key)
        if kept is None or (kept.ruleset is not answer.ruleset and kept.ruleset != answer.ruleset):
            if len(self._kept) >= MOST:
                self._kept.clear()
            kept = self._kept[key] = _pieces(answer, explanation, whole, encode)
        own = answer.own if answer.own is not None else _own(answer)
        parts = kept.parts.copy()
        for place, number in kept.own:
            parts[place] = own[number]
        if kept.facts:
            facts = answer.request.facts
            for place, find in kept.facts:
                value = find(facts)
                # Most of those that differ among answers with one explanation are instants.
                parts[place] = instant_json(value) if isinstance(value, datetime) else _encode(spelled(value))
        return b"".join(parts)


def _pieces(
    answer: Answer,
    explanation: Explanation,
    whole: Callable[[Answer], dict[str, Any]],
    encode: Callable[[dict[str, Any]], bytes],
) -> _Kept:
    marks = {path: _MARK + path for path in explanation.shown}
    request = msgspec.structs.replace(answer.request, resource_id=_MARK + "resource_id")
    made = whole(msgspec.structs.replace(answer, request=request, made=explanation.showing(marks)))
    inner = made if "id" in made else made["context"]
    inner |= {name: _MARK + name for name in _OWN if name in inner}
    first, *rest = encode(made).split(_MARKED)
    parts, names = [first], []
    for text in rest:
        name, _, after = text.partition(b'"')
        names.append((len(parts), name.decode()))
        parts += (b"", after)
    return _Kept(
        explanation,
        answer.ruleset,
        parts,
        tuple([(place, _OWN.index(name)) for place, name in names if name in _OWN]),
        tuple([(place, _finder(name)) for place, name in names if name not in _OWN]),
    )


def _finder(path: str) -> Callable[[Facts], FactValue]:
    """Return what finds the value of a fact, as `Facts.__getitem__` does, in one call of C."""
    name = attribute(path)
    holder = holder_of(name)
    return attrgetter(name if holder is None else f"{holder}.{name}")


def _own(answer: Answer) -> tuple[bytes, ...]:
    """Return the JSON of each of `_OWN`, and keep it."""
    request, decided, expires = answer.request, answer.decided_at, answer.expires_at
    as_of = instant_json(request.time)
    made = (
        b'"%b"' % answer.id.encode(),
        as_of,
        as_of if decided is request.time else instant_json(decided),
        b"null" if expires is None else instant_json(expires),
        _encode(request.ignored) if request.ignored else b"[]",
        _encode(request.resource_id),
    )
    force_setattr(answer, "own", made)
    return made
