"""A clock that steps back under a service and between two starts: log time stands still, and nothing else changes."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta

from tests.ledger.faults.node import Load, Node, asked_again
from tests.ledger.faults.test_service_kill import check, opened

DAY = 86_400


class Stepped(Node):
    """A service whose clock is off by what `step` said last."""

    def step(self, seconds):
        draft = self.folder.with_name("offset.draft")
        draft.write_text(str(seconds))
        draft.replace(self.folder.with_name("offset"))

    def command(self):
        words = [self.folder.with_name("offset"), self.rulebook, self.folder, self.port, self.origin]
        return [sys.executable, "-m", "tests.ledger.faults.stepping", *map(str, words)]


def times(node, answer):
    """Return when a decision was taken and when it was recorded, by the service itself."""
    found = node.get(f"/v1/decisions/{answer['id']}").json()
    return datetime.fromisoformat(answer["decided_at"]), datetime.fromisoformat(found["record"]["recorded_at"])


def test_log_time_never_goes_back_with_the_clock(tmp_path):
    node = Stepped(tmp_path / "ledger")
    node.step(0)
    node.start()
    first = node.decide("first")
    decided, high = times(node, first.json())
    assert timedelta(0) <= high - decided < timedelta(minutes=1)
    node.step(-30 * DAY)
    second = node.decide("second").json()
    earlier, recorded = times(node, second)
    assert (earlier < decided, recorded) == (True, high)
    with Load(node.port, "back", 4) as load:
        node.wait_until(lambda: len(load.answered) > 50)
    assert not load.refused
    synced = node.folder / "checkpoint.synced"  # goes on, though log time stands still
    before = synced.stat().st_mtime_ns
    node.wait_until(lambda: node.decide() and synced.stat().st_mtime_ns > before)
    node.kill()
    node.start()  # the clock is still a month behind
    third = node.decide("third").json()
    assert times(node, third)[1] == high
    assert node.decide("first").content == first.content  # its key has not expired, nor the record of it
    assert asked_again(node.port, next(iter(load.answered)))[0] == 200
    node.step(DAY)
    fourth = node.decide("fourth").json()
    assert times(node, fourth)[1] - high > timedelta(hours=23)
    found = node.post("/v1/decisions/search", {"since": third["decided_at"], "limit": 1000}).json()["decisions"]
    assert {each["id"] for each in found} >= {each["id"] for each in (first.json(), second, third, fourth)}
    assert node.post(f"/v1/decisions/{second['id']}/replay", {}).json()["same"] is True
    node.stop()
    check(node, {**load.answered, **{each["id"]: json.dumps(each) for each in (second, third, fourth)}})
    ledger = opened(node)
    recorded = [entry.recorded_at for entry in ledger.reader.entries()]
    ledger.close()
    assert recorded == sorted(recorded)
