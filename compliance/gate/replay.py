"""Take a recorded answer again: the kept request, by the kept rulebook, at the recorded instant, spelled as it was.

Equal bytes prove that the answer follows from what is on record; different ones show where this version of the engine
answers otherwise.

Reference: DESIGN section 6.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from compliance.engine.envelope import RequestRefused
from compliance.engine.json import MalformedJSON, read_json
from compliance.gate.feeds import read_kept
from compliance.gate.forms import PLAIN, form_of
from compliance.gate.question import EARLIEST
from compliance.gate.shelf import Shelved
from compliance.gate.sitting import Asked, judge
from compliance.ledger.entry import DECISION
from compliance.ledger.errors import NotRecordedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.gate.answer import Answer
    from compliance.gate.forms import Form
    from compliance.gate.library import Library
    from compliance.ledger.entry import Personal
    from compliance.ledger.reading import Entry, Reader


@dataclass(frozen=True, slots=True)
class Replayed:
    """A recorded answer and the one that this version gives to the same question."""

    entry: Entry
    recorded: bytes = field(repr=False)
    replayed: bytes = field(repr=False)
    """Empty where this version cannot read the request; then `trouble` says why."""
    trouble: str | None = None

    @property
    def same(self) -> bool:
        """Say whether both are the same, byte by byte."""
        return self.recorded == self.replayed

    def differences(self) -> list[str]:
        """Return the places (JSON pointers) in which the two differ."""
        if self.same or not self.replayed:
            return []
        return list(_differences(json.loads(self.recorded), json.loads(self.replayed), ""))


class Replayer:
    """Replays the entries of one log."""

    def __init__(self, reader: Reader, library: Library) -> None:
        """Take the log and the rulebooks that it keeps."""
        self._reader = reader
        self._library = library

    def replay(self, entry: Entry) -> Replayed:
        """Return a decision taken again; may take a second for a rulebook that is not at hand.

        Raises:
            NotRecordedError: if the entry is no decision, or the one on a second subject, which has no answer.
            ErasedError: if a person it tells of was erased.
            TamperedError: if what is kept is not what the log committed to.
        """
        personal = self._personal(entry)
        try:
            again = self._again(entry, personal, form_of(personal.facts["form"]))
        except (RequestRefused, MalformedJSON, ValueError) as error:
            return Replayed(entry, personal.response, b"", f"this version does not read the request: {error}")
        return Replayed(entry, personal.response, form_of(personal.facts["form"]).spell(again))

    def answer(self, entry: Entry) -> Answer:
        """Return the answer as this version explains it; raises as `replay`, and `RequestRefused`."""
        personal = self._personal(entry)
        form = form_of(personal.facts["form"])
        return self._again(entry, personal, PLAIN if form.strict else form)

    def _personal(self, entry: Entry) -> Personal:
        if entry.kind != DECISION or "beside" in entry.public:
            raise NotRecordedError("this entry is no answer: see the decision that it stands beside")
        return self._reader.personal(entry)

    def _again(self, entry: Entry, personal: Personal, form: Form) -> Answer:
        public = entry.public
        mark = public["ruleset"]
        book = self._library.book(entry.ruleset_digest)
        shelved = Shelved(book, EARLIEST, status=mark["status"], version=mark["version"])
        asked = Asked(form.question(read_json(personal.request))[0], form=form)
        fed = read_kept(book.rulebook.vocabulary, personal.facts.get("fed", ()))
        return judge(asked, shelved, datetime.fromisoformat(public["decided_at"]), public["id"], fed)


def _differences(one: Any, other: Any, where: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from _differences(one.get(name), other.get(name), f"{where}/{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (mine, its) in enumerate(zip(one, other, strict=True)):
            yield from _differences(mine, its, f"{where}/{index}")
    elif one != other:
        yield where
