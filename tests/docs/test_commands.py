"""Every command in the README and the tutorials runs, and says what the page says it does."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    *("README.md", "docs/tutorial/engineer.md", "docs/tutorial/officer.md", "docs/reference/cli.md"),
    "docs/examples/wind-down/README.md",
)
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STARTED_BY_THE_TEST = "make run"


def _blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for kind, text in BLOCK.findall((ROOT / page).read_text()):
            if kind == language and text.strip() != STARTED_BY_THE_TEST:
                found.append((page, text))
    return found


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Start the service on a free port as `make run` does, and stop it by its own process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        chosen = int(free.getsockname()[1])
    command = [sys.executable, "-c", "from compliance.cli import main; main()", "serve", "--port", str(chosen)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        try:
            _wait(chosen)
            yield chosen
        finally:
            service.terminate()


def _wait(port: int) -> None:
    for _ in range(1200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the service did not start")


def _run(text: str, port: int) -> str:
    compliance = f"{sys.executable} -c 'from compliance.cli import main; main()'"
    # A picture that a page draws does not belong into the checkout.
    text = text.replace("--map xstocks.svg", f"--map {tempfile.gettempdir()}/xstocks.svg")
    script = text.replace("127.0.0.1:8080", f"127.0.0.1:{port}").replace(".venv/bin/compliance", compliance)
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("page", "text"), _blocks("sh"))
def test_a_command_of_the_documentation_runs(page: str, text: str, port: int) -> None:
    assert _run(text, port), page


def test_the_first_request_of_the_readme_is_denied_with_sources(port: int) -> None:
    first = next(text for page, text in _blocks("sh") if page == "README.md" and "curl" in text)
    answer = json.loads(_run(first, port))
    assert answer["outcome"] == "deny"
    assert all(ground["authority"] for ground in answer["grounds"])


def _stated() -> list[tuple[str, str, str]]:
    """Return the commands whose outcome the paragraph below them states."""
    below = re.compile(r"^```sh\n([^`]*?)^```\n\nThe outcome is `([a-z]+)`", re.MULTILINE)
    return [(page, *found) for page in PAGES for found in below.findall((ROOT / page).read_text(encoding="utf-8"))]


def test_some_outcomes_are_stated() -> None:
    assert {outcome for _, _, outcome in _stated()} >= {"allow", "incomplete"}


@pytest.mark.parametrize(("page", "text", "outcome"), _stated())
def test_a_stated_outcome_is_what_comes_out(page: str, text: str, outcome: str, port: int) -> None:
    assert json.loads(_run(text, port))["outcome"] == outcome, page


@pytest.mark.parametrize(("page", "text"), _blocks("python"))
def test_python_of_the_documentation_runs(page: str, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, page + done.stderr
