"""A disk that takes what is written and then does not keep it: nobody is answered by what may be gone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger.faults.node import Node
from tests.ledger.faults.test_service_kill import check
from tests.ledger.faults.test_service_storage import problem

SOURCE = Path(__file__).with_name("fsync.c")


@pytest.fixture
def failing(tmp_path):
    """A library that makes fsync fail while the file `failing` exists."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        print("no C compiler, or no Linux: a failed fsync is not tested")
        pytest.skip("no C compiler, or no Linux")
    made = tmp_path / "fsync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


def test_a_failed_fsync_answers_503_and_service_resumes_by_itself(failing, tmp_path):
    flag = tmp_path / "failing"
    node = Node(tmp_path / "ledger", LD_PRELOAD=str(failing), FSYNC_FAILS=str(flag)).start()
    first = node.decide("first")
    assert first.status_code == 200
    flag.touch()
    for key in ("second", "third"):
        response = node.decide(key)
        assert problem(response)["type"] == "/docs/problems#not-recorded"
        assert response.headers["retry-after"] == "1"
    node.wait_until(lambda: node.ready() == 503)
    flag.unlink()
    node.wait_until(lambda: node.decide("second").status_code == 200)
    node.wait_until(lambda: node.ready() == 200)
    again = {key: node.decide(key) for key in ("first", "second", "third")}
    assert again["first"].content == first.content
    node.kill()
    node.start()
    assert node.decide("second").content == again["second"].content
    node.stop()
    check(node, {key: answer.content for key, answer in again.items()})
