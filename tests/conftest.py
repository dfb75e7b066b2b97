"""What every test may ask for, and how Hypothesis runs here.

A slow machine never fails a test; in CI the examples are always the same.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("here", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden pages anew; read the difference before you commit",
    )
    parser.addoption(
        "--comparisons",
        type=int,
        default=1_000_000,
        help="how often a soak compares the compiled form with the definition",
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: takes minutes; runs only when asked for with `-m soak`")


def pytest_collection_modifyitems(config, items):
    if "soak" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with `-m soak`"))


@pytest.fixture(scope="session")
def update_golden(request):
    """Whether a test that compares with a golden page should write it instead."""
    return request.config.getoption("--update-golden")
