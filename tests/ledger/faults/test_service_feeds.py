"""What is fed, through the death of the node that took it, and on another node."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from tests.ledger.faults.node import Node
from tests.ledger.faults.test_service_kill import check


def put(node, locked):
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    body = {"by": "editor", "valid_until": until, "values": {"resource.locked": {"notes": locked}}}
    return httpx.put(f"{node.address}/v1/feeds/locks", json=body, timeout=120)


def locked(node):
    """Whether a decision rests on the lock."""
    body = {
        "subject": {"type": "user", "id": "ada"},
        "action": {"name": "delete"},
        "resource": {"type": "document", "id": "notes"},
    }
    answer = node.decide(body=body).json()
    return "not-while-locked" in [ground["rule"] for ground in answer["grounds"]], answer


def test_what_was_fed_survives_a_kill_and_reaches_the_other_node_within_a_second(tmp_path, url):
    database = None if url.startswith("sqlite") else url
    nodes = [Node(tmp_path / "ledger", database, output=tmp_path / f"output{n}").start() for n in range(2)]
    one, two = nodes
    assert not locked(two)[0]
    assert put(one, locked=True).status_code == 200
    one.kill()
    two.wait_until(lambda: locked(two)[0], seconds=5)
    answer = locked(two)[1]
    one.start()
    assert locked(one)[0]
    assert put(two, locked=False).status_code == 200
    assert not locked(two)[0]
    one.wait_until(lambda: not locked(one)[0], seconds=5)
    replayed = one.post(f"/v1/decisions/{answer['id']}/replay", None).json()
    assert replayed["same"]
    assert 'compliance_feed_valid_until_seconds{feed="locks"}' in one.get("/metrics").text
    for node in nodes:
        node.stop()
    check(one, {})
