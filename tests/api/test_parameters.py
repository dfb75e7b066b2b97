from datetime import UTC, datetime

import pytest
from starlette.requests import Request

from compliance.api.parameters import instant_in, one_of, parameters
from compliance.api.problems import Stopped


def asked(query):
    return Request({"type": "http", "query_string": query.encode(), "headers": []})


def stopped(read):
    with pytest.raises(Stopped) as refused:
        read()
    return [fault.parameter for fault in refused.value.document.faults]


def test_known_parameters_are_read():
    assert parameters(asked("a=1&b=2"), ("a", "b", "c"), required=("a",)) == {"a": "1", "b": "2"}


def test_everything_wrong_is_said_at_once():
    assert stopped(lambda: parameters(asked("a=1&a=2&x=3&b="), ("a", "b"), required=("b",))) == ["a", "x", "b"]


def test_a_word_that_is_not_known_is_refused_with_what_was_meant():
    assert one_of("action", "buy", ("buy", "sell")) == "buy"
    with pytest.raises(Stopped) as refused:
        one_of("action", "bye", ("buy", "sell"))
    assert "`buy`" in refused.value.document.faults[0].help


def test_an_instant_is_read_in_utc():
    assert instant_in({}, "as_of") is None
    assert instant_in({"as_of": "2026-01-01T02:00:00+02:00"}, "as_of") == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_plus_that_became_a_space_is_explained():
    with pytest.raises(Stopped) as refused:
        instant_in({"as_of": "2026-01-01T02:00:00 02:00"}, "as_of")
    assert "%2B" in refused.value.document.faults[0].help
