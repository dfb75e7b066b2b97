"""The two rulebooks, a clock that stands, and requests to start from."""

import copy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from compliance.engine.loading import load_book
from compliance.gate.clock import SetClock
from compliance.gate.gate import Gate
from compliance.gate.shelf import Shelf

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "rulebooks" / "tiny"
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)

_RETAIL = {
    "subject": {
        "type": "natural-person",
        "id": "customer-1",
        "properties": {
            "residence": "MX",
            "citizenships": ["MX"],
            "tax_residences": ["MX"],
            "green_card": False,
            "us_days_this_year": 0,
            "us_indicia": [],
            "us_indicia_checked_at": "2026-09-01T09:00:00Z",
            "age": 40,
            "acts_for_us_person": False,
            "identity_verified": True,
            "identity_verified_at": "2026-09-01T09:00:00Z",
            "sanctions_screening": "clear",
            "screened_at": "2026-10-05T06:00:00Z",
            "investor_class": "retail",
        },
    },
    "action": {"name": "buy", "properties": {}},
    "resource": {"type": "instrument", "id": "AAPLx"},
    "context": {"location": "MX", "distributor": "payward-bermuda"},
}
_READER = {
    "subject": {"type": "user", "id": "ada"},
    "action": {"name": "read"},
    "resource": {"type": "document", "id": "notes"},
}


@cache
def shipped():
    """Return the shipped rulebook."""
    return load_book()


@cache
def tiny():
    """Return the rulebook about users and documents."""
    return load_book(TINY)


def retail(action="buy", *, without=(), **facts):
    """Return an order of a verified retail resident of Mexico, with other facts of the subject."""
    made = copy.deepcopy(_RETAIL)
    made["action"]["name"] = action
    made["subject"]["properties"] |= facts
    for name in without:
        del made["subject"]["properties"][name]
    return made


def reader(subject="ada", action="read", document="notes"):
    """Return a user's wish to do something with a document."""
    made = copy.deepcopy(_READER)
    made["subject"]["id"], made["action"]["name"], made["resource"]["id"] = subject, action, document
    return made


def gate(book=None, recorder=None, now=NOW):
    """Return a gate whose clock stands at `now`."""
    return Gate(Shelf(book if book is not None else shipped(), NOW), SetClock(now), recorder)
