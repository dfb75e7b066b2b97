"""Spell answers from pieces of JSON: those that share an explanation differ only in their name, times and shown values.

Invariant: what is pieced together is, byte for byte, what encoding the answer as a whole gives.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import force_setattr

from compliance.engine.facts import attribute, holder_of
from compliance.gate.values import instant_json, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from compliance.engine.explanations import Explanation
    from compliance.engine.facts import Facts
    from compliance.gate.answer import Answer, Own, RulesetMark
    from compliance.vocabulary.values import FactValue

_MOST: Final = 4
"""Ways of spelling that are kept of one explanation; then all are forgotten. What clients declare makes ways."""
_encode: Final = msgspec.json.Encoder().encode
_MARK: Final = "\0"
"""Stands before the name of what is to be put in; no text of a rulebook has it."""
_MARKED: Final = b'"\\u0000'
"""What comes before the name, and a quote after it, in JSON."""
_OWN: Final = ("id", "as_of", "decided_at", "expires_at", "ignored", "resource_id")
"""What is an answer's own, in the order of `Own`; the names of facts have a dot."""


class Pieces(msgspec.Struct, frozen=True, gc=False):
    """What all answers with one explanation have in common in one spelling."""

    ruleset: RulesetMark
    text: bytes
    """As the operator `%` takes it."""
    pick: Callable[[Own], tuple[bytes, ...]]
    """From what is an answer's own to what is put in, in order."""
    facts: tuple[tuple[int, Callable[[Facts], FactValue]], ...]
    """Where the value of a fact is put in instead, and what finds it."""

    def filled(self, own: Own, facts: Facts) -> bytes:
        """Return the JSON of the answer that these are its own and its facts."""
        values = self.pick(own)
        if self.facts:
            put = list(values)
            for place, find in self.facts:
                value = find(facts)
                # Most of those that differ among answers with one explanation are instants.
                put[place] = instant_json(value) if isinstance(value, datetime) else _encode(spelled(value))
            values = tuple(put)
        return self.text % values


def spell(
    answer: Answer,
    way: Hashable,
    whole: Callable[[Answer], dict[str, Any]],
    encode: Callable[[dict[str, Any]], bytes] = _encode,
) -> bytes:
    """Return the JSON of an answer.

    `whole` makes an object of it, `encode` JSON of that; `way` tells ways of spelling apart.
    """
    explanation = answer.explanation
    if explanation is None or answer.expires_at is None or not answer.binding or answer.request.warnings:
        return encode(whole(answer))
    kept: Pieces | None = explanation.spelt.get(way)
    if kept is None or (kept.ruleset is not answer.ruleset and kept.ruleset != answer.ruleset):
        if len(explanation.spelt) >= _MOST:
            explanation.spelt.clear()
        kept = explanation.spelt[way] = _pieces(answer, explanation, whole, encode)
    return kept.filled(answer.own if answer.own is not None else _own(answer), answer.request.facts)


def _pieces(
    answer: Answer,
    explanation: Explanation,
    whole: Callable[[Answer], dict[str, Any]],
    encode: Callable[[dict[str, Any]], bytes],
) -> Pieces:
    marks = {path: _MARK + path for path in explanation.shown}
    request = msgspec.structs.replace(answer.request, resource_id=_MARK + "resource_id")
    made = whole(msgspec.structs.replace(answer, request=request, made=explanation.showing(marks)))
    inner = made if "id" in made else made["context"]
    inner |= {name: _MARK + name for name in _OWN if name in inner}
    first, *rest = encode(made).split(_MARKED)
    parts, names = [first], []
    for text in rest:
        name, _, after = text.partition(b'"')
        names.append(name.decode())
        parts.append(after)
    return Pieces(
        answer.ruleset,
        b"%b".join(part.replace(b"%", b"%%") for part in parts),
        _picking(tuple([_OWN.index(name) if name in _OWN else 0 for name in names])),
        tuple([(place, _finder(name)) for place, name in enumerate(names) if name not in _OWN]),
    )


@lru_cache(maxsize=64)
def _picking(numbers: tuple[int, ...]) -> Callable[[Own], tuple[bytes, ...]]:
    """Return what picks these, in order; one for all explanations, since few orders there are."""
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda own: tuple([own[number] for number in numbers])


@lru_cache(maxsize=1024)
def _finder(path: str) -> Callable[[Facts], FactValue]:
    """Return what finds the value of a fact, as `Facts.__getitem__` does, in one call of C."""
    name = attribute(path)
    holder = holder_of(name)
    return attrgetter(name if holder is None else f"{holder}.{name}")


def _own(answer: Answer) -> Own:
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
