"""The auditor's page, command by command, on the receipt of a running service; and README's decision, proved."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.docs.service import ROOT, Service, serving
from tests.ledger.test_outsiders import BROWSER, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = BLOCK.findall((ROOT / "docs" / "how-to" / "verify-the-log.md").read_text(encoding="utf-8"))
README = next(block for block in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")) if "curl" in block)
SCRIPT = ROOT / "docs" / "verify" / "verify.py"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service")) as started:
        yield started


@pytest.fixture(scope="module")
def readme(service: Service) -> tuple[str, str]:
    """README's decision, asked with README's command: its receipt, and the log's key."""
    answer = json.loads(service.run(README).stdout)
    assert answer["outcome"] == "deny"
    return answer["receipt"], service.run("curl -s http://127.0.0.1:8080/ledger/key").stdout.strip()


def _script(folder: Path, receipt: str, key: str) -> subprocess.CompletedProcess[str]:
    (folder / "receipt").write_text(receipt, newline="")
    command = [sys.executable, str(SCRIPT), str(folder / "receipt"), key]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _changed(receipt: str) -> Iterator[str]:
    """Yield copies with one character changed: in the entry, its index, the path, the root, the signature."""
    lines = receipt.split("\n")
    root = lines.index("", 3) + 3
    places = {1: 40, 2: len(lines[2]) - 1, 3: 5, root: 7, len(lines) - 2: 60}
    for line, column in places.items():
        if not lines[line]:  # a tree of one entry has no path
            continue
        other = "7" if lines[line][column] != "7" else "8"
        text = lines[line][:column] + other + lines[line][column + 1 :]
        yield "\n".join([*lines[:line], text, *lines[line + 1 :]])


def test_the_receipt_of_the_readmes_decision_is_accepted_until_one_character_is_changed(
    readme: tuple[str, str], tmp_path: Path
) -> None:
    receipt, key = readme
    accepted = _script(tmp_path, receipt, key)
    assert accepted.returncode == 0, accepted.stderr
    assert accepted.stdout.startswith("valid: entry ")
    assert '"outcome": "deny"' in accepted.stdout
    for changed in _changed(receipt):
        refused = _script(tmp_path, changed, key)
        assert refused.returncode == 1
        assert refused.stderr.startswith("not valid: ")


@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None, reason="no chromium is installed: the page is not checked in a browser")
def test_the_page_judges_the_readmes_receipt_in_a_real_browser_as_the_script_does(readme: tuple[str, str]) -> None:
    receipt, key = readme
    valid, text = page(receipt, key)
    assert valid == "yes"
    assert '"outcome": "deny"' in text
    for changed in _changed(receipt):
        valid, text = page(changed, key)
        assert valid == "no"
        assert "<strong>Not valid</strong><p>" in text


def test_the_auditors_page_runs_from_its_first_command_to_its_last(service: Service) -> None:
    said = []
    for command in COMMANDS:
        done = service.run(command)
        assert done.returncode == 0, command + done.stdout + done.stderr
        said.append(done.stdout)
    accepted, refused, grown, verified, exported, replayed, counted = (said[number] for number in (1, 2, 4, 5, 6, 7, 8))
    assert accepted.startswith("valid: entry ")
    assert refused.startswith("not valid: ")
    assert "everything stored is as the log committed to it" in verified
    assert grown.startswith("valid: the first ")
    assert "valid: entries 0 to " in exported
    assert "valid: your checkpoint over " in exported
    assert "the same, byte by byte; 0 different; 0 erased" in replayed
    assert "deny" in counted
