"""The layers, the acyclic siblings and the pure core of `pyproject.toml` hold, and bite."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT

BIN = Path(sys.executable).parent

CLOCK = '''"""Tells the time."""

import time

NOW = time.time()
'''


def ruff(source: str, filename: str) -> str:
    """What ruff says about banned names when `source` stands in `filename`."""
    command = [str(BIN / "ruff"), "check", "--select=TID251", f"--stdin-filename={filename}", "-"]
    done = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def test_every_import_goes_down_the_layers():
    done = subprocess.run(
        [str(BIN / "lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", ["vocabulary", "language", "engine", "analysis"])
def test_the_pure_core_has_no_clock(package):
    assert "TID251" in ruff(CLOCK, f"compliance/{package}/example.py")


@pytest.mark.parametrize("package", ["gate", "api", "cli", "storage", "surveillance"])
def test_the_rest_may_tell_the_time(package):
    assert "TID251" not in ruff(CLOCK, f"compliance/{package}/example.py")


@pytest.mark.parametrize(
    "line",
    [
        "import random",
        "from secrets import token_bytes",
        "from os import environ",
        "import os; os.getenv('HOME')",
        "import uuid; uuid.uuid4()",
        "import datetime; datetime.datetime.now(datetime.UTC)",
        "from datetime import date; date.today()",
        "import urllib.request",
    ],
)
def test_the_pure_core_has_no_randomness_environment_or_network(line):
    assert "TID251" in ruff(f"{line}\n", "compliance/engine/deep/example.py")
