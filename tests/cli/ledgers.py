"""Stored logs for the commands that look into one: real decisions of the shipped rulebook, in a folder."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from tests.gate.ledgers import logbook
from tests.gate.support import NOW, gate, retail


def of(subject: str, action: str = "buy", **facts: Any) -> dict[str, Any]:
    """Return a request about a person."""
    body = retail(action, **facts)
    body["subject"]["id"] = subject
    return body


FIVE = (of("ann"), of("bob", residence="PR"), of("ann", "sell"), of("bob", residence="NG"), of("cem"))
"""Allow, deny, allow, deny, allow."""


def kept(folder, bodies=FIVE):
    """Keep decisions in a ledger of `folder`, the first at noon, each an hour later; returns the folder."""
    now = [NOW]
    with logbook(folder, clock=lambda: now[0]) as book:
        for body in bodies:
            asyncio.run(gate(recorder=book, now=now[0]).answer(body))
            now[0] += timedelta(hours=1)
    return folder
