import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from compliance.gate.retention import PARAMETER, retain_until
from compliance.gate.sitting import Asked
from compliance.vocabulary.period import ALWAYS
from tests.gate.ledgers import logbook
from tests.gate.support import NOW, gate, retail, shipped, tiny

YEAR = timedelta(days=365)


def rulebook(**lengths):
    """Return the shipped rulebook with other lengths of retention, by jurisdiction (`house` for all)."""
    book = shipped().rulebook
    sample = next(found for found in book.parameters if isinstance(found.value, timedelta))
    rest = [found for found in book.parameters if found.name != PARAMETER]
    made = [
        replace(
            sample, name=PARAMETER, jurisdiction=None if place == "house" else place, value=length, effective=ALWAYS
        )
        for place, length in lengths.items()
    ]
    return replace(book, parameters=(*rest, *made))


def until(kept, book, now=NOW):
    return retain_until(book, kept.ledger.reader, kept.ledger.pseudonym("customer-1"), now)


def test_records_are_kept_from_the_last_decision_on(tmp_path):
    clock = [NOW]
    with logbook(tmp_path, clock=lambda: clock[0]) as kept:
        made = gate(recorder=kept)
        asyncio.run(made.give([Asked(retail())]))
        clock[0] = NOW + YEAR
        asyncio.run(made.give([Asked(retail())]))
        assert until(kept, rulebook(house=5 * YEAR)) == NOW + 6 * YEAR


def test_a_jurisdiction_whose_rules_decided_may_ask_for_longer(tmp_path):
    with logbook(tmp_path) as kept:
        body = retail(residence="DE", citizenships=["DE"], tax_residences=["DE"])
        asyncio.run(gate(recorder=kept).give([Asked(body)]))
        assert until(kept, rulebook(house=YEAR, EEA=7 * YEAR)) == NOW + 7 * YEAR
        assert until(kept, rulebook(house=YEAR, BR=7 * YEAR)) == NOW + YEAR


def test_whoever_was_never_decided_about_is_kept_for_nothing(tmp_path):
    with logbook(tmp_path) as kept:
        assert until(kept, rulebook(house=YEAR)) is None


def test_a_rulebook_that_says_nothing_keeps_nothing(tmp_path):
    with logbook(tmp_path) as kept:
        asyncio.run(gate(recorder=kept).give([Asked(retail())]))
        assert until(kept, tiny().rulebook) is None


def test_the_shipped_rulebook_keeps_records_for_five_years(tmp_path):
    with logbook(tmp_path) as kept:
        asyncio.run(gate(recorder=kept).give([Asked(retail())]))
        assert until(kept, shipped().rulebook) >= datetime(2031, 10, 5, tzinfo=UTC)
