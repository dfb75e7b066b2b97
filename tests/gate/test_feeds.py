import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from compliance.engine.decoder import FedValue
from compliance.engine.envelope import RequestRefused
from compliance.gate.clock import SetClock
from compliance.gate.feeds import ENDED, NOTHING, Feeds, checked, kept, read_kept, stated
from compliance.gate.forms import PLAIN, AuthZEN
from compliance.gate.gate import Gate
from compliance.gate.replay import Replayer
from compliance.gate.search import allowed_resources
from compliance.gate.shelf import Shelf
from compliance.gate.sitting import Asked
from compliance.ledger.feeds import Feed
from compliance.vocabulary.refusal import Refused
from compliance.vocabulary.values import Money
from tests.gate.ledgers import logbook, transfer
from tests.gate.support import NOW, retail, shipped, tiny

VOCABULARY = shipped().rulebook.vocabulary
SOON = NOW + timedelta(minutes=10)
FED = [
    ("resource.halted", "AAPLx", True, SOON),
    ("resource.halted", "*", False, SOON),
    ("resource.paused", "AAPLx", True, SOON),
    ("resource.backing", "AAPLx", "0.97", SOON),
    ("resource.backing_attested_at", "AAPLx", "2026-10-05T11:00:00Z", SOON),
    ("resource.multiplier_changes_at", "AAPLx", "2026-10-05T12:05:00Z", SOON),
    ("resource.terminates_on", "AAPLx", "2026-10-06", SOON),
    ("resource.holding_limit", "AAPLx", {"amount": "100000.50", "currency": "USD"}, SOON),
    ("resource.holding_limit", "*", None, SOON),
    ("resource.halted", "AAPLx", False, NOW - timedelta(seconds=1)),  # it ended: nobody knows any more
]


def fed(*rows):
    feeds = Feeds()
    for path, resource, value, until in rows:
        feeds.put(VOCABULARY, path, resource, value, until)
    return feeds


def decided(recorder, feeds, body, form=PLAIN):
    """Return the answer through a gate that is fed, and the newest entry that has one."""
    gate = Gate(Shelf(shipped(), NOW), SetClock(NOW), recorder, feeds)
    (given,) = asyncio.run(gate.give([Asked(body, form=form)]))
    entries = [entry for entry in recorder.ledger.reader.entries() if entry.kind == "decision"]
    return json.loads(given.response), [entry for entry in entries if "beside" not in entry.public][-1]


def test_what_is_fed_counts_until_it_ends():
    gate = Gate(Shelf(shipped(), NOW), SetClock(NOW), feeds=fed(("resource.halted", "AAPLx", True, SOON)))
    assert asyncio.run(gate.answer(retail())).decision.outcome == "deny"
    assert (
        asyncio.run(gate.answer({**retail(), "resource": {"type": "instrument", "id": "TSLAx"}})).decision.outcome
        == "allow"
    )
    gate.clock.instant = SOON
    late = asyncio.run(gate.answer(retail(screened_at="2026-10-05T12:00:00Z")))
    assert (late.decision.outcome, [each.fact for each in late.decision.missing]) == ("incomplete", ["resource.halted"])
    gate.feeds.drop("resource.halted", "AAPLx")
    assert gate.feeds.current is NOTHING
    assert asyncio.run(gate.answer(retail())).decision.outcome == "allow"


def test_an_allow_ends_with_the_value_that_it_rests_on():
    until = NOW + timedelta(seconds=5)
    gate = Gate(Shelf(shipped(), NOW), SetClock(NOW), feeds=fed(("resource.halted", "AAPLx", False, until)))
    assert asyncio.run(gate.answer(retail())).expires_at == until


@pytest.mark.parametrize("form", [PLAIN, AuthZEN(frozenset({"show-prospectus"}))])
def test_a_replay_gives_the_same_bytes_though_the_feed_has_changed(tmp_path, form):
    with logbook(tmp_path) as recorder:
        recorder.library.put(shipped())
        for row in FED:
            feeds = fed(("resource.paused", "TSLAx", True, SOON), row)
            for body in (retail(), retail("sell"), transfer()):
                _, entry = decided(recorder, feeds, body, form)
                (recorded,) = recorder.ledger.reader.personal(entry).facts["fed"]  # and nothing about TSLAx
                assert (recorded["fact"], recorded["resource"], recorded["value"]) == row[:3]
                feeds.put(VOCABULARY, "resource.halted", "*", True, SOON + timedelta(days=1))
                feeds.drop(*row[:2])
                found = Replayer(recorder.ledger.reader, recorder.library).replay(entry)
                assert found.same, found.differences()
                feeds = fed(("resource.paused", "TSLAx", True, SOON), row)


def test_a_resource_is_fed_by_its_catalogued_id_whatever_a_request_calls_it(tmp_path):
    isin = shipped().rulebook.catalogue["instrument"]["AAPLx"].facts["resource.isin"]
    with logbook(tmp_path) as recorder:
        recorder.library.put(shipped())
        body = {**retail(), "resource": {"type": "instrument", "id": isin}}
        answer, entry = decided(recorder, fed(("resource.halted", "AAPLx", True, SOON)), body)
        assert answer["outcome"] == "deny"
        assert Replayer(recorder.ledger.reader, recorder.library).replay(entry).same


def test_without_a_feed_nothing_is_added_to_a_record(tmp_path):
    with logbook(tmp_path) as recorder:
        _, entry = decided(recorder, Feeds(), retail())
        assert set(recorder.ledger.reader.personal(entry).facts) == {"form"}


def test_a_search_does_not_take_a_halted_instrument_for_one_like_it():
    book = shipped().at(NOW)
    body = {**retail(), "resource": {"type": "instrument"}}
    declared = frozenset({"show-prospectus", "show-key-information", "show-risk-warning"})
    before = asyncio.run(allowed_resources(book, body, declared))
    halted = fed(("resource.halted", "AAPLx", True, SOON)).current
    after = asyncio.run(allowed_resources(shipped().at(NOW, halted), body, declared))
    assert "AAPLx" in before
    assert after == [id_ for id_ in before if id_ != "AAPLx"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("subject.residence", "MX", "is no fact that is fed"),
        ("resource.nothing", True, "is no fact that is fed"),
        ("resource.halted", None, "cannot be absent"),
        ("resource.halted", "yes", "."),
        ("resource.backing", "-1", "."),
    ],
)
def test_a_feed_says_only_what_the_vocabulary_lets_it_say(path, value, said):
    feeds = Feeds()
    with pytest.raises(Refused, match=said):
        feeds.put(VOCABULARY, path, "AAPLx", value, SOON)
    assert feeds.current is NOTHING


def test_what_is_kept_is_read_as_it_was_fed():
    rows = kept(fed(*FED[:-1]).current, "AAPLx")
    again = read_kept(VOCABULARY, json.loads(json.dumps(rows)))
    assert again == fed(*FED[:-1]).current
    assert again["resource.holding_limit", "AAPLx"] == FedValue(Money(Decimal("100000.50"), "USD"), SOON)


def feed(values, name="one", place=(1, 1), until=SOON, as_of=NOW):
    return Feed(name, "poller", as_of, until, values, place, NOW)


def test_of_two_feeds_that_state_the_same_the_later_one_counts():
    one = feed({"resource.halted": {"AAPLx": True, "TSLAx": True}}, place=(1, 7))
    two = feed({"resource.halted": {"AAPLx": False}}, "two", place=(1, 9))
    found = stated(VOCABULARY, [two, one])
    assert (found["resource.halted", "AAPLx"].value, found["resource.halted", "TSLAx"].value) == (False, True)


def test_a_value_counts_no_longer_than_the_vocabulary_lets_it():
    aged = replace(VOCABULARY.facts["resource.halted"], stale_after=timedelta(minutes=1))
    vocabulary = replace(VOCABULARY, facts={**VOCABULARY.facts, "resource.halted": aged})
    found = stated(vocabulary, [feed({"resource.halted": {"*": False}})])
    assert found["resource.halted", "*"].valid_until == NOW + timedelta(minutes=1)


def test_what_was_withdrawn_or_is_no_fact_any_more_is_not_fed():
    assert stated(VOCABULARY, [feed({}, until=None), feed({"resource.gone": {"*": 1}})]) == {}


def test_a_decision_that_rests_on_what_cannot_be_read_is_incomplete_and_replays(tmp_path):
    fed_ = stated(VOCABULARY, [feed({"resource.halted": {"AAPLx": "perhaps"}})])
    assert fed_ == {("resource.halted", "AAPLx"): ENDED}
    feeds = Feeds()
    feeds.take(fed_)
    with logbook(tmp_path) as recorder:
        recorder.library.put(shipped())
        answer, entry = decided(recorder, feeds, retail())
        assert (answer["outcome"], [each["fact"] for each in answer["missing"]]) == ("incomplete", ["resource.halted"])
        assert Replayer(recorder.ledger.reader, recorder.library).replay(entry).same


def test_what_a_feed_is_to_state_is_read_strictly_all_problems_at_once():
    with pytest.raises(RequestRefused) as refused:
        checked(
            shipped().rulebook,
            {
                "resource.halt": {"*": True},
                "subject.residence": {"*": "MX"},
                "resource.halted": {"AAPLX": True, "AAPLx": "yes", "*": None},
                "resource.paused": {},
                "resource.backing": {"*": 0.5},
            },
        )
    found = {problem.pointer: (problem.message, problem.help) for problem in refused.value.problems}
    assert list(found) == [
        "/values/resource.halt",
        "/values/subject.residence",
        "/values/resource.halted/AAPLX",
        "/values/resource.halted/AAPLx",
        "/values/resource.halted/*",
        "/values/resource.paused",
        "/values/resource.backing/*",
    ]
    assert "did you mean `resource.halted`" in found["/values/resource.halt"][1]
    assert "did you mean `AAPLx`" in found["/values/resource.halted/AAPLX"][1]


def test_what_a_feed_states_is_recorded_in_one_spelling():
    values = {"resource.backing": {"*": "1.000"}, "resource.holding_limit": {"AAPLx": None}}
    assert checked(shipped().rulebook, values) == values


def test_where_a_type_of_resource_has_no_catalogue_any_id_stands():
    book = tiny()
    assert "document" in book.rulebook.catalogue
    with pytest.raises(RequestRefused, match="is no resource"):
        checked(book.rulebook, {"resource.locked": {"nowhere": True}})
    bare = replace(book.rulebook, catalogue={})
    assert checked(bare, {"resource.locked": {"nowhere": True}}) == {"resource.locked": {"nowhere": True}}
