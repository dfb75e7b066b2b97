"""A decoded request and the slice of the compiled rules that answers it."""

from __future__ import annotations

import msgspec
import pytest

from compliance.vocabulary.unknown import UNKNOWN
from tests.engine.random_rulebooks import request_of

REQUEST = request_of({"subject.residence": "BR"}, "buy", "company", "part")


def test_the_slice_is_what_rules_are_compiled_for() -> None:
    assert request_of({"subject.residence": "BR", "subject.seat": "DE"}, "buy", "company", "part").slice == (
        "buy",
        "company",
        "part",
        "thing",
        ("BR", "DE"),
    )


def test_an_unknown_home_has_a_place_in_the_slice_that_no_code_has() -> None:
    assert REQUEST.homes[1] is UNKNOWN
    assert REQUEST.slice[-1] == ("BR", None)
    assert {REQUEST.slice: 1}[REQUEST.slice] == 1


def test_a_refused_request_never_shares_a_slice_with_one_that_stands() -> None:
    refused = msgspec.structs.replace(REQUEST, refused="unknown-thing")
    assert refused.slice == ("refused", "unknown-thing")
    assert msgspec.structs.replace(refused, refused=None).slice == REQUEST.slice


def test_the_slice_follows_the_homes_whatever_is_given_for_it() -> None:
    moved = msgspec.structs.replace(REQUEST, homes=("DE",), slice=("anything",))
    assert moved.slice[-1] == ("DE",)


def test_a_request_does_not_change() -> None:
    with pytest.raises(AttributeError):
        REQUEST.action = "sell"  # type: ignore[misc]
