from __future__ import annotations

import json

from compliance.gate.clock import SYSTEM_CLOCK
from compliance.gate.samples import samples
from compliance.gate.shelf import Shelf
from compliance.ledger.entry import Personal
from compliance.ledger.packing import Packing, learned
from tests.gate.support import shipped


def test_answers_to_cases_from_all_over_the_rulebook_are_framed_as_records_are():
    book = shipped()
    found = [Personal.of_frame(frame) for frame in samples(Shelf(book, SYSTEM_CLOCK.now()).current)]
    asked = [case.request for case in book.rulebook.cases]
    assert 400 < len(found) <= 600
    assert all(json.loads(personal.request) in asked for personal in found[::40])
    assert {json.loads(personal.response)["outcome"] for personal in found} >= {"allow", "deny", "incomplete", "refer"}
    assert all(personal.facts["form"] == {"name": "v1"} for personal in found)


def test_what_is_learned_from_every_second_case_halves_the_others_many_times():
    frames = samples(Shelf(shipped(), SYSTEM_CLOCK.now()).current)
    packing = Packing(lambda _: b"")
    packing.use(learned(frames[::2]))
    packed = packing.pack(frames[1::2])
    assert sum(map(len, packed)) * 5 < sum(map(len, frames[1::2]))
