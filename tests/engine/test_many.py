"""Many requests get the answers that each would get on its own."""

from __future__ import annotations

import json
from functools import cache
from itertools import count as count_from
from random import Random
from typing import Any

from compliance import load
from compliance.engine.answered import Answered
from compliance.engine.book import Book, BookAt
from compliance.engine.decision import Outcome
from compliance.engine.envelope import RequestRefused
from tests.engine.small_venue import NOW
from tests.engine.wire_bodies import Bodies, differences


@cache
def book() -> BookAt:
    return load().at(NOW)


def bodies(count: int, *, spoilt: bool = False) -> list[Any]:
    catalogue = book().ruleset.rulebook.catalogue
    resources = {name: tuple(list(entries)[:4]) for name, entries in catalogue.items()}
    made: list[Any] = []
    for seed in count_from(0):
        if len(made) == count:
            break
        maker = Bodies(book().ruleset.vocabulary, resources, Random(seed))
        body = maker.body()
        if not spoilt and is_refused(body):
            # What is well formed may still contradict itself: owners of more than the whole, one owner of two kinds.
            continue
        try:
            made.append(json.loads(maker.spoilt(body)) if spoilt else body)
        except (ValueError, RecursionError):
            made.append(body)
    return made


def is_refused(body: Any) -> bool:
    try:
        book().request(body)
    except RequestRefused:
        return True
    return False


def usual(count: int) -> list[Any]:
    """Orders of ordinary customers, most of them allowed."""
    made = []
    for seed in range(count):
        random = Random(seed)
        home = random.choice(("BR", "MX", "DE", "CH", "AR"))
        firm = "europe" if home == "DE" else "bermuda"
        facts: dict[str, Any] = {
            "residence": home,
            "citizenships": [home],
            "tax_residences": [home],
            "green_card": False,
            "us_indicia": [],
            "age": 40,
        }
        facts |= dict.fromkeys(("us_days_this_year", "us_days_last_year", "us_days_year_before"), 0)
        facts |= {
            "acts_for_us_person": False,
            "identity_verified": True,
            "sanctions_screening": "clear",
            "opted_in": True,
        }
        facts |= dict.fromkeys(
            ("identity_verified_at", "screened_at", "investor_class_verified_at", "us_indicia_checked_at"),
            "2026-10-05T06:00:00Z",
        )
        facts |= {
            "investor_class": random.choice(("retail", "professional")),
            "appropriateness_questionnaire": "passed",
        }
        facts = {name: value for name, value in facts.items() if random.random() < 0.98}
        amount = {"amount": random.choice(("10", "5000.00")), "currency": "USD"}
        made.append(
            {
                "subject": {"type": "natural-person", "id": f"c-{seed}", "properties": facts},
                "action": {"name": "buy", "properties": {"amount": amount, "kid_acknowledged": True}},
                "resource": {"type": "instrument", "id": random.choice(("AAPLx", "TSLAx"))},
                "context": {"location": home, "funding": "fiat", "channel": "app", "distributor": f"payward-{firm}"},
            }
        )
    return made


def alone(body: object) -> Answered:
    try:
        decision = book().decide(body)
    except RequestRefused as refused:
        return Answered(None, (), refused)
    return Answered(decision.outcome, tuple(ground.rule for ground in decision.grounds))


def same(one: Answered, other: Answered) -> bool:
    if one.refused is not None and other.refused is not None:
        return one.refused.problems == other.refused.problems
    return one == other


def test_many_bodies_get_the_answers_that_each_gets_alone():
    asked = bodies(100) + bodies(150, spoilt=True) + usual(150)
    found = book().decide_many(asked)
    assert all(same(one, alone(body)) for one, body in zip(found, asked, strict=True))
    assert len({each.outcome for each in found}) >= 4


def test_a_body_that_cannot_be_read_leaves_the_others_alone():
    good = bodies(1)[0]
    found = book().decide_many([good, 7, good])
    assert found[0] == found[2]
    assert found[1].refused is not None
    assert found[1].outcome is None


def test_names_that_the_vocabulary_lacks_are_refused_only_where_they_have_to_be():
    body = bodies(1)[0] | {"hobby": 1}
    assert book().decide_many([body])[0].refused is not None
    assert book().decide_many([body], strict=False)[0].refused is None


def test_with_a_recipient_the_stricter_outcome_is_the_answer():
    sender = {"type": "natural-person", "id": "a", "properties": {"residence": "BR"}}
    recipient = {"type": "natural-person", "id": "b", "properties": {"residence": "KP"}}
    body = {
        "subject": sender,
        "action": {"name": "transfer", "properties": {"recipient": recipient}},
        "resource": {"type": "instrument", "id": "AAPLx"},
    }
    found = book().decide_many([body])[0]
    assert found.outcome is Outcome.DENY
    assert same(found, alone(body))


def test_a_warmed_book_reads_the_same_requests():
    cold, warm = Book(book().book.rulebook), Book(book().book.rulebook)
    warm.warm(NOW)
    for body in usual(4) + bodies(4):
        request = cold.at(NOW).request(body)
        assert differences(warm.at(NOW).request(body), request) == []
        read = cold.at(NOW).read(json.dumps(body).encode())
        assert read is not None
        assert differences(read, request) == []
        cold.warmed = None
    assert warm.at(NOW).read(b"{}") is None
