"""Fixtures of the ledger's tests, and the mark for those that take minutes."""

from __future__ import annotations

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: takes minutes; runs only when asked for with `-m soak`")


def pytest_collection_modifyitems(config, items):
    if "soak" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with `-m soak`"))
