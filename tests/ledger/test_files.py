from __future__ import annotations

import stat
import subprocess
import sys

import pytest

from compliance.ledger.files import overwrite, read_secret, replace

READ = "import sys, pathlib; from compliance.ledger.files import read_secret as r; "
READ += "print(r(pathlib.Path(sys.argv[1])).hex())"


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "keys" / "master.key"
    secret = read_secret(path)
    assert len(secret) == 32
    assert read_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_at_once_get_the_same_secret(tmp_path):
    command = [sys.executable, "-c", READ, str(tmp_path / "key")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate()[0] for process in running}) == 1


@pytest.mark.parametrize("text", ["", "xyz", "00" * 31, "é" * 64])
def test_a_file_that_holds_no_secret_is_refused(tmp_path, text):
    (tmp_path / "key").write_text(text)
    with pytest.raises(ValueError, match="`key` does not hold a secret"):
        read_secret(tmp_path / "key")


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_replaced_in_one_step(tmp_path, durable):
    replace(tmp_path / "checkpoint", "old", durable=durable)
    replace(tmp_path / "checkpoint", "new\u2014", durable=durable)
    assert (tmp_path / "checkpoint").read_text() == "new\u2014"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_text_that_does_not_fit_leaves_the_old_one_whole(tmp_path):
    """At a quota, a file system takes the part of a text that fits and says so only by a number."""
    path = tmp_path / "checkpoint"
    replace(path, "old" * 10, durable=False)
    program = "import resource, pathlib, sys; from compliance.ledger.files import replace; "
    program += "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
    program += "replace(pathlib.Path(sys.argv[1]), 'new' * 100, durable=False)"
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)
    assert "File too large" in done.stderr
    assert path.read_text() == "old" * 10
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["as long", "longer than before", "short", ""])
def test_a_file_that_is_written_over_holds_the_new_text_alone(tmp_path, text):
    path = tmp_path / "checkpoint"
    overwrite(path, "as long")
    place = path.stat().st_ino
    overwrite(path, text)
    assert path.read_text() == text
    assert [found.name for found in tmp_path.iterdir()] == ["checkpoint"]
    assert path.stat().st_mode & 0o777 == 0o600
    if len(text) >= len("as long"):
        assert path.stat().st_ino == place
