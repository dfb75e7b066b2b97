"""Every command in the README and the tutorials runs, and says what the page says it does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.docs.service import ROOT, Service, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = (
    *("README.md", "docs/tutorial/engineer.md", "docs/tutorial/officer.md", "docs/reference/cli.md"),
    *("docs/examples/wind-down/README.md", "docs/how-to/run-the-ledger.md"),
)
WHOLE = ("docs/how-to/feed-facts.md",)
"""Pages whose commands follow from each other, and run as one."""
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STARTED_BY_THE_TEST = "make run"


def _blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for kind, text in BLOCK.findall((ROOT / page).read_text()):
            if kind == language and text.strip() != STARTED_BY_THE_TEST:
                found.append((page, text))
    for page in WHOLE:
        texts = [text for kind, text in BLOCK.findall((ROOT / page).read_text()) if kind == language]
        found += [(page, "set -e\n" + "".join(texts))] if texts else []
    return found


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service")) as started:
        yield started


def _run(text: str, service: Service) -> str:
    done = service.run(text)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(("page", "text"), _blocks("sh"))
def test_a_command_of_the_documentation_runs(page: str, text: str, service: Service) -> None:
    assert _run(text, service), page


def test_the_first_request_of_the_readme_is_denied_with_sources(service: Service) -> None:
    first = next(text for page, text in _blocks("sh") if page == "README.md" and "curl" in text)
    answer = json.loads(_run(first, service))
    assert answer["outcome"] == "deny"
    assert all(ground["authority"] for ground in answer["grounds"])


def _stated() -> list[tuple[str, str, str]]:
    """Return the commands whose outcome the paragraph below them states."""
    below = re.compile(r"^```sh\n([^`]*?)^```\n\nThe outcome is `([a-z]+)`", re.MULTILINE)
    return [(page, *found) for page in PAGES for found in below.findall((ROOT / page).read_text(encoding="utf-8"))]


def test_some_outcomes_are_stated() -> None:
    assert {outcome for _, _, outcome in _stated()} >= {"allow", "incomplete"}


@pytest.mark.parametrize(("page", "text", "outcome"), _stated())
def test_a_stated_outcome_is_what_comes_out(page: str, text: str, outcome: str, service: Service) -> None:
    assert json.loads(_run(text, service))["outcome"] == outcome, page


@pytest.mark.parametrize(("page", "text"), _blocks("python"))
def test_python_of_the_documentation_runs(page: str, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, page + done.stderr
