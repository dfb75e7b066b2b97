"""One request put to many resources gets the verdicts that each gets with its own id."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from compliance import load
from compliance.engine.book import Book, BookAt
from compliance.engine.decoder import FedValue
from compliance.language.rulebook import CatalogueEntry
from compliance.language.span import NOWHERE
from tests.engine.small_venue import NOW, RULEBOOK, body
from tests.engine.test_many import bodies, usual

LATER = NOW + timedelta(minutes=5)
FED = {
    ("resource.halted", "AAPLx"): FedValue(True, LATER),
    ("resource.paused", "*"): FedValue(False, LATER),
    ("resource.halted", "TSLAx"): FedValue(True, NOW - timedelta(minutes=5)),
}


@cache
def book() -> Book:
    return load()


def asked(count: int) -> list[dict[str, Any]]:
    """Requests for instruments, with no facts about them."""
    found = usual(count) + [each for each in bodies(4 * count) if each["resource"]["type"] == "instrument"][:count]
    return [{**each, "resource": {"type": "instrument", "id": "AAPLx"}} for each in found]


@pytest.mark.parametrize("fed", [{}, FED], ids=["no feed", "feeds"])
def test_each_resource_gets_the_verdict_that_its_id_in_the_body_gets(fed: dict[tuple[str, str], FedValue]) -> None:
    at: BookAt = book().at(NOW, fed)
    ids = [*Random(1).sample(list(at.ruleset.rulebook.catalogue["instrument"]), 20), "AAPLx", "TSLAx"]
    outcomes = set()
    for each in asked(12):
        request = at.request(each)
        elsewhere = at.elsewhere(request)
        for id_ in ids:
            found = elsewhere.verdict(id_)
            expected = at.verdict(at.request({**each, "resource": {"type": "instrument", "id": id_}}))
            assert found == expected
            outcomes.add(expected.outcome)
    assert len(outcomes) >= 3


def test_a_resource_that_no_catalogue_has_is_left_to_the_decoder() -> None:
    at = book().at(NOW)
    assert at.elsewhere(at.request(asked(1)[0])).verdict("nobody's") is None


def test_where_the_catalogue_says_more_of_one_than_resources_have_every_one_is_read() -> None:
    entries = {
        "L1": CatalogueEntry("lot", "L1", {"context.location": "BR"}, NOWHERE),
        "L2": CatalogueEntry("lot", "L2", {}, NOWHERE),
    }
    at = Book(replace(RULEBOOK, catalogue={"lot": entries})).at(NOW)
    for first, other in (("L1", "L2"), ("L2", "L1")):
        request = at.request(body(resource={"type": "lot", "id": first}, action={"name": "sell"}, context={}))
        assert at.elsewhere(request).verdict(other) is None
    assert at.elsewhere(request).verdict("L2") is not None
