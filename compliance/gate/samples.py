"""What the log learns to pack by: the answers to the cases of a rulebook, framed as records are.

Cases are written by officers and tell of nobody, so what is learned from them may be kept for ever.

Reference: docs/decisions/0035-packing.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.engine.cases import body_of, request_of
from compliance.engine.json import write_json
from compliance.gate.answer import Answer
from compliance.gate.forms import PLAIN
from compliance.gate.identity import new_id
from compliance.gate.recorder import Record
from compliance.gate.records import decision_record
from compliance.gate.sitting import ALLOW_FOR
from compliance.ledger.entry import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.gate.shelf import Shelved
    from compliance.language.rulebook import Case

_MOST: Final = 600
"""Cases that are answered: more of them make packed bytes hardly fewer, and take half a second for each thousand."""


def samples(shelved: Shelved) -> list[bytes]:
    """Return the frames of answers to cases from all over a rulebook whose cases hold; takes about half a second."""
    cases = shelved.book.rulebook.cases
    return list(_frames(shelved, cases[:: len(cases) // _MOST + 1]))


def _frames(shelved: Shelved, cases: tuple[Case, ...]) -> Iterator[bytes]:
    for case in cases:
        at = shelved.book.at(case.as_of)
        request = request_of(at.ruleset, case)
        answer = Answer(
            id=new_id(case.as_of),
            request=request,
            ruleset=shelved.mark(at.ruleset.digest),
            decided_at=case.as_of,
            expires_at=case.as_of + ALLOW_FOR,
            binding=True,
            made=at.decision(request),
        )
        body = write_json(body_of(case.request))
        record = Record(answer, PLAIN, shelved.book.rulebook, body, PLAIN.spell(answer))
        yield frame_of(decision_record(record))
