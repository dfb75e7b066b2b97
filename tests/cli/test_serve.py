"""The service starts with a rulebook that holds, and says why it does not with another."""

import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from compliance.cli.exits import Exit
from tests.cli.support import ROOT, TINY, copy_of_tiny, run


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_it_answers_until_it_is_stopped():
    port = free_port()
    program = "from compliance.cli import main; main()"
    command = [sys.executable, "-c", program, "serve", "--port", str(port), "--rulebook", str(TINY)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        try:
            for _ in range(300):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as reply:
                        assert reply.status == 200
                        break
                except OSError:
                    assert service.poll() is None
                    time.sleep(0.1)
            else:
                pytest.fail("the service did not start")
        finally:
            service.terminate()
        assert service.wait(timeout=20) in {0, -15}


def test_a_rulebook_with_mistakes_is_not_served(tmp_path):
    book = copy_of_tiny(tmp_path)
    (book / "rules" / "limits.yaml").write_text("parameter: largest-change\n")
    done = run("serve", "--rulebook", book, "--port", free_port())
    assert done.code == Exit.PROBLEMS
    assert "rules/limits.yaml:1" in done.err


def test_a_rulebook_whose_cases_fail_is_not_served(tmp_path):
    book = copy_of_tiny(tmp_path)
    file = book / "rules" / "access" / "reading.cases.yaml"
    file.write_text(file.read_text().replace("outcome: deny", "outcome: allow"))
    done = run("serve", "--rulebook", book, "--port", free_port())
    assert done.code == Exit.PROBLEMS
    assert "compliance check" in done.err


def test_a_rulebook_of_which_a_part_cannot_be_read_is_not_served(tmp_path):
    book = copy_of_tiny(tmp_path)
    (book / "rules" / "more").symlink_to(tmp_path / "gone")
    done = run("serve", "--rulebook", book, "--port", free_port())
    assert done.code == Exit.FAILED
    said = "".join(done.err.split())
    assert "rules/more`cannotbeused:nosuchfileordirectory" in said
    assert "listen" not in said


def test_what_cannot_name_a_header_is_refused():
    done = run("serve", "--person-header", "X Forwarded: User")
    assert done.code == Exit.BAD_INPUT
    assert "cannot name a header" in done.err


@pytest.mark.parametrize("option", [("--group-limit", "0"), ("--group-delay", "-1"), ("--group-delay", "2")])
def test_a_group_without_bounds_is_refused(option):
    done = run("serve", *option)
    assert done.code == Exit.BAD_INPUT
    assert option[0] in done.err
