"""Make orders for the shipped rulebook: seeded, from many countries, most of them complete."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

HOMES = ("MX", "AR", "CL", "CO", "PE", "DE", "FR", "IT", "ES", "TH", "KE", "GH", "NG", "US", "PR", "BR", "GB", "JP")
INSTRUMENTS = ("AAPLx", "TSLAx", "NVDAx", "SPYx", "QQQx", "METAx", "GOOGLx", "AMZNx")
CUSTOMERS = 2_000
"""Customers that order: each of them orders again and again, with other facts each time."""
PARTIAL = 0.15
"""Share of the orders in which one to three facts are not given."""
_LEFT_OUT = ("tax_residences", "green_card", "us_days_this_year", "us_indicia", "identity_verified_at", "screened_at")


def orders(count: int, seed: int = 7, now: datetime | None = None) -> list[bytes]:
    """Return the bodies of `count` requests, made `now` (by default: this second)."""
    chance = random.Random(seed)
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    return [json.dumps(_order(chance, moment, number)).encode() for number in range(count)]


def batches(bodies: list[bytes], size: int) -> list[bytes]:
    """Return the bodies of batches of `size` requests each."""
    parts = [bodies[start : start + size] for start in range(0, len(bodies) - size + 1, size)]
    return [b'{"requests":[%b]}' % b",".join(part) for part in parts]


def _order(chance: random.Random, now: datetime, number: int) -> dict[str, Any]:
    home = chance.choice(HOMES)
    facts: dict[str, Any] = {
        "residence": home,
        "citizenships": [home],
        "tax_residences": [home],
        "green_card": False,
        "us_days_this_year": chance.randrange(20),
        "us_indicia": [],
        "us_indicia_checked_at": _stamp(now - timedelta(days=chance.randrange(1, 200))),
        "age": chance.randrange(18, 90),
        "acts_for_us_person": False,
        "identity_verified": True,
        "identity_verified_at": _stamp(now - timedelta(days=chance.randrange(1, 200))),
        "sanctions_screening": "clear",
        "screened_at": _stamp(now - timedelta(minutes=chance.randrange(1, 600))),
        "investor_class": "retail",
        "appropriateness_questionnaire": "passed",
    }
    if chance.random() < PARTIAL:
        for name in chance.sample(_LEFT_OUT, chance.randrange(1, 4)):
            del facts[name]
    return {
        "subject": {"type": "natural-person", "id": f"customer-{number % CUSTOMERS}", "properties": facts},
        "action": {"name": chance.choice(("buy", "buy", "sell"))},
        "resource": {"type": "instrument", "id": chance.choice(INSTRUMENTS)},
        "context": {"location": home, "distributor": "payward-bermuda"},
    }


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
