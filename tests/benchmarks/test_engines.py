"""Every engine that is installed gives the answers of the plain definition, in every form."""

import importlib

import pytest

from benchmarks.engines import ADAPTERS
from benchmarks.fleet import Member
from benchmarks.trial import prove, stored
from benchmarks.workload import Size, make_workload

FORMS = [pytest.param(adapter, form, id=f"{adapter.name} {form}") for adapter in ADAPTERS for form in adapter.forms]


@pytest.fixture(scope="module")
def small():
    workload = make_workload(Size(everywhere=20, jurisdictions=6), count=60)
    with stored(workload) as path:
        yield path


@pytest.mark.parametrize(("adapter", "form"), FORMS)
def test_an_engine_answers_as_the_plain_definition_does(adapter, form, small):
    member = Member(adapter, form)
    try:
        member.start(small, timeout=60.0)
        if member.failure is not None and member.failure.startswith("not installed"):
            pytest.skip(member.failure)
        prove(member, 5.0)
        assert member.failure is None
        assert member.found["checked"] == 51
    finally:
        member.stop()


def test_every_adapter_has_a_module():
    for adapter in ADAPTERS:
        assert importlib.util.find_spec(f"benchmarks.engines.{adapter.module}") is not None


def test_an_engine_that_cannot_be_loaded_says_why(small):
    member = Member(ADAPTERS[0], "no such form")
    member.adapter = type(member.adapter)("no_such_engine", "none", None, ("sliced",), "")
    member.start(small, timeout=60.0)
    assert member.failure == "not installed: No module named 'benchmarks.engines.no_such_engine'"
