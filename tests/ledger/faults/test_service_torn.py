"""A power cut under load tears the end of the write-ahead log: whoever was answered can prove it nevertheless."""

from __future__ import annotations

import shutil
import time

from tests.ledger.faults.node import Load, Node, asked_again
from tests.ledger.faults.test_service_kill import check
from tests.ledger.faults.torn import TEARS, commits, synced, tear


def test_whatever_is_torn_off_a_transaction_under_way_every_answer_stays(tmp_path):
    node, answered = Node(tmp_path / "ledger"), {}
    for how in ("garbled in its last page", "without its first page"):
        node.start()
        with Load(node.port, how.replace(" ", "-")) as load:
            time.sleep(0.5)
            node.kill()
        assert not load.refused
        assert load.answered
        answered |= load.answered
        for other in TEARS:
            copy = Node(tmp_path / f"{how}, {other}")
            shutil.copytree(node.folder, copy.folder)
            tear(copy.folder, other)
            check(copy, answered)
        tear(node.folder, how)
    node.start()
    for key in list(answered)[::20]:
        assert asked_again(node.port, key) == (200, answered[key])
    assert node.ready() == 200
    node.stop()
    assert len(check(node, answered)) >= len(answered)


def test_a_tear_in_what_was_synced_is_noticed_and_nobody_is_answered(tmp_path):
    """No power cut does this; a disk that says that it has written what it has not, does."""
    node = Node(tmp_path / "ledger").start()
    with Load(node.port, "load") as load:
        time.sleep(0.3)
        node.kill()
    assert load.answered
    end = synced(node.folder)
    path = node.folder / "ledger.db-wal"
    log = path.read_bytes()
    ends, length = commits(log)
    assert end in ends
    path.write_bytes(log[: end - length // 2])
    (node.folder / "ledger.db-shm").unlink()
    node.start(status=503)
    assert "restored from an older copy" in node.get("/readyz").json()["recording_stopped"]
    assert node.decide().status_code == 503
    node.kill()
