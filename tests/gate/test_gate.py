import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from benchmarks.customers import orders
from compliance.engine.envelope import RequestRefused
from compliance.engine.json import read_json, write_json
from compliance.gate.forms import MINIMAL, PLAIN, AuthZEN
from compliance.gate.recorder import NoRecorder
from compliance.gate.sitting import Asked
from compliance.ledger.errors import LedgerError
from tests.gate.ledgers import logbook
from tests.gate.support import NOW, gate, reader, retail, tiny


def answer(body, book=None, now=NOW, **options):
    return asyncio.run(gate(book, now=now).answer(body, **options))


def test_a_verified_retail_resident_of_mexico_may_buy():
    made = answer(retail())
    assert made.decision.outcome == "allow"
    assert made.allows
    assert made.decided_at == NOW


def test_an_answer_holds_as_long_as_the_vocabulary_says():
    assert answer(retail()).expires_at == NOW + timedelta(seconds=30)
    assert answer(reader(), tiny()).expires_at == NOW + timedelta(minutes=5)


def test_an_answer_holds_no_longer_than_a_fact_it_was_given():
    fact = {"value": "clear", "valid_until": "2026-10-05T12:00:10Z"}
    assert answer(retail(sanctions_screening=fact)).expires_at == NOW + timedelta(seconds=10)


def test_an_answer_holds_no_longer_than_the_rules_stay_as_they_are():
    change = gate().now().ruleset.period.end
    assert change is not None
    made = answer(retail(), now=change - timedelta(seconds=1))
    assert made.expires_at == change


def test_a_what_if_is_decided_by_the_rules_of_its_instant_and_binds_nobody():
    now = answer(retail())
    then = answer({**retail(), "as_of": "2030-01-01T00:00:00Z"})
    assert then.ruleset.digest != now.ruleset.digest
    assert (then.binding, then.expires_at) == (False, None)
    assert then.decided_at == NOW


def test_a_transfer_is_as_strict_as_its_stricter_side():
    body = retail("transfer")
    body["action"]["properties"]["recipient"] = {
        "type": "natural-person",
        "properties": retail(residence="US")["subject"]["properties"],
    }
    made = answer(body)
    assert made.decision.outcome == "deny"
    assert made.decision.counterparty[1].outcome == "deny"


def test_all_problems_of_a_request_come_at_once():
    body = {**retail(residence="Brazil", green_card="no"), "as_of": "today"}
    with pytest.raises(RequestRefused) as refused:
        answer(body)
    assert {problem.pointer for problem in refused.value.problems} == {
        "/as_of",
        "/subject/properties/residence",
        "/subject/properties/green_card",
    }


def test_a_request_that_is_not_strict_cannot_choose_its_instant():
    made = answer({**retail(), "as_of": "2030-01-01T00:00:00Z"}, form=AuthZEN())
    assert made.binding
    assert "/as_of" in made.request.ignored


def test_a_batch_is_answered_in_order_by_one_rulebook_at_one_instant():
    bodies = [retail(), {"subject": 1}, retail(residence="US"), *[retail()] * 50]
    found = asyncio.run(gate().give([Asked(body) for body in bodies]))
    answers = [each.answer for each in found if not isinstance(each, RequestRefused)]
    assert [each.decision.outcome for each in answers][:2] == ["allow", "deny"]
    assert isinstance(found[1], RequestRefused)
    assert {each.decided_at for each in answers} == {NOW}


def test_a_batch_can_end_at_the_first_that_settles_it():
    bodies = [retail(), retail(residence="US"), retail()]
    asked = [Asked(body) for body in bodies]
    found = asyncio.run(gate().give(asked, until=lambda _, each: each.decision.outcome == "deny"))
    assert len(found) == 2


class Recording(NoRecorder):
    """Says that it records, as a ledger does."""

    records = True


@pytest.mark.parametrize("recorder", [None, Recording()])
def test_one_is_answered_as_one_of_many_is(recorder):
    made = gate(recorder=recorder)
    for body in (retail(), retail(residence="US"), retail(without=["tax_residences"])):
        one = asyncio.run(made.give_one(Asked(body)))
        (many,) = asyncio.run(made.give([Asked(body)]))
        assert one.answer.decision == many.answer.decision
        assert one.response.replace(one.answer.id.encode(), b"") == many.response.replace(many.answer.id.encode(), b"")
    with pytest.raises(RequestRefused):
        asyncio.run(made.give_one(Asked([])))
    with pytest.raises(RequestRefused):
        asyncio.run(made.give_one(Asked(raw=b"[]")))


def test_a_batch_as_it_came_is_answered_as_each_of_its_requests_by_itself():
    bodies = orders(60, seed=5, now=NOW)
    odd = retail(sanctions_screening={"value": "clear", "valid_until": "2026-10-05T12:00:10Z"})
    bodies[7], bodies[11] = write_json(odd), b'{"subject": 1}'
    batch = b'{"requests":[%b]}' % b",".join(bodies)
    for form in (PLAIN, MINIMAL):
        kept = gate()
        found, taken = asyncio.run(kept.give_batch(batch, form, 100))
        expected = asyncio.run(kept.give([Asked(raw=body, form=form) for body in bodies]))
        for mine, its in zip(found, expected, strict=True):
            if isinstance(its, RequestRefused):
                assert isinstance(mine, RequestRefused)
                assert mine.problems == its.problems
            else:
                assert isinstance(mine, bytes)
                assert but_for_the_name(mine) == but_for_the_name(its.response)
        assert taken == Counter(each.answer.tally for each in expected if not isinstance(each, RequestRefused))
        assert sum(taken.values()) == 59


def but_for_the_name(answer):
    return {**read_json(answer), "id": None}


def test_a_gate_that_records_gives_no_batch_without_its_receipts(tmp_path):
    with logbook(tmp_path) as recorder, pytest.raises(LedgerError):
        asyncio.run(gate(recorder=recorder).give_batch(b'{"requests":[{}]}', PLAIN, 100))


def test_what_comes_in_one_turn_of_the_loop_is_decided_at_one_instant():
    kept, body = gate(), write_json(retail())

    async def turns():
        first = begun(kept, body)
        kept.clock.instant = NOW + timedelta(milliseconds=1)
        second = begun(kept, body)
        await asyncio.sleep(0)
        return first, second, begun(kept, body)

    first, second, third = asyncio.run(turns())
    assert first.decided_at == second.decided_at == NOW
    assert third.decided_at == NOW + timedelta(milliseconds=1)
    assert len({first.id, second.id, third.id}) == 3


@pytest.mark.parametrize("moved", [timedelta(seconds=1), timedelta(seconds=-1)])
def test_a_turn_that_takes_long_or_a_clock_that_is_set_has_an_instant_of_its_own(moved):
    kept, body = gate(), write_json(retail())

    async def turn():
        begun(kept, body)
        kept.clock.instant = NOW + moved
        return begun(kept, body)

    assert asyncio.run(turn()).decided_at == NOW + moved


def test_a_feed_counts_from_the_next_request_on_even_in_the_same_turn():
    kept, body = gate(), write_json(retail())

    async def turn():
        first = begun(kept, body)
        vocabulary = kept.shelf.current.book.rulebook.vocabulary
        kept.feeds.put(vocabulary, "resource.halted", "AAPLx", True, NOW + timedelta(hours=1))
        return first, begun(kept, body)

    first, second = asyncio.run(turn())
    assert (first.decision.outcome, second.decision.outcome) == ("allow", "deny")


def begun(kept, body):
    given = kept.begin(Asked(raw=body), lambda _: None)
    assert given is not None
    return given.answer
