"""What is judged in one sitting is what is judged by itself."""

from datetime import timedelta

import msgspec

from benchmarks.customers import orders
from compliance.gate.forms import PLAIN
from compliance.gate.sitting import Asked, Sitting, judge
from compliance.gate.spelling import answer_json
from tests.gate.support import NOW, gate, retail

ENCODE = msgspec.json.Encoder().encode


def test_many_requests_are_judged_as_each_by_itself():
    shelved = gate().shelf.current
    sitting = Sitting(shelved, NOW)
    for number, body in enumerate(orders(300, seed=3, now=NOW)):
        together, alone = (
            found(body, f"id-{number}")
            for found in (
                lambda body, id_: sitting.judge(Asked(raw=body), id_),
                lambda body, id_: judge(Asked(raw=body), shelved, NOW, id_),
            )
        )
        assert PLAIN.spell(together) == PLAIN.spell(alone) == ENCODE(answer_json(together))


def test_every_name_is_another_and_they_sort_by_time():
    shelved = gate().shelf.current
    sittings = [Sitting(shelved, NOW + timedelta(milliseconds=number)) for number in range(3)]
    names = [[sitting.judge(Asked(retail())).id for _ in range(5)] for sitting in sittings]
    assert len({name for some in names for name in some}) == 15
    assert max(names[0]) < min(names[1]) <= max(names[1]) < min(names[2])


def test_an_answer_holds_no_longer_than_the_facts_that_it_rests_on():
    shelved = gate().shelf.current
    body = retail()
    body["subject"]["properties"]["sanctions_screening"] = {
        "value": "clear",
        "observed_at": "2026-10-05T11:00:00Z",
        "valid_until": "2026-10-05T12:00:10Z",
    }
    answer = Sitting(shelved, NOW).judge(Asked(body))
    raw = Sitting(shelved, NOW).judge(Asked(raw=ENCODE(body)))
    assert answer.expires_at == raw.expires_at == NOW + timedelta(seconds=10)
    assert b'"expires_at":"2026-10-05T12:00:10Z"' in PLAIN.spell(raw)


def test_a_what_if_binds_nobody_and_has_no_end():
    answer = Sitting(gate().shelf.current, NOW).judge(Asked({**retail(), "as_of": "2026-01-01T00:00:00Z"}))
    assert (answer.binding, answer.expires_at) == (False, None)


def test_a_sitting_after_another_is_as_one_by_itself_over_a_change_of_the_rules_and_a_clock_set_back():
    shelved = gate().shelf.current
    change = next(edge for edge in shelved.book.timeline.edges if edge > NOW)
    body, last = ENCODE(retail()), None
    for now in (
        NOW,
        NOW + timedelta(seconds=1),
        change - timedelta(seconds=1),
        change,
        NOW + timedelta(microseconds=7),
    ):
        last = Sitting(shelved, now, known=last and last.in_force)
        alone = Sitting(shelved, now)
        spelt = [PLAIN.spell(found.judge(Asked(raw=body), "id")) for found in (last, alone)]
        assert spelt[0] == spelt[1]
        assert last.mark == alone.mark
