"""Which entry of the catalogue a request is about, and when a request about a resource cannot stand."""

from __future__ import annotations

import pytest

from compliance.engine.catalogue import find_resource
from compliance.vocabulary.unknown import UNKNOWN
from compliance.vocabulary.values import Value
from tests.engine.small_venue import venue

VENUE = venue()


def found(
    resource_id: str, action: str = "buy", kind: str = "instrument", **given: Value | None
) -> tuple[str | None, str | None]:
    """Return the id of the entry that was found, and the ground of a deny."""
    facts = {f"resource.{name}": value for name, value in given.items()}
    entry, ground = find_resource(VENUE, action, kind, resource_id, facts)
    return (entry.id if entry is not None else None), ground


@pytest.mark.parametrize(
    "resource_id", ["AAPLx", "US0378331005", "XsApple", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:XsApple"]
)
def test_a_resource_is_found_by_its_id_or_by_what_identifies_it(resource_id: str) -> None:
    assert found(resource_id) == ("AAPLx", None)


@pytest.mark.parametrize(
    "resource_id",
    [
        "GOOGx",
        "aaplx",
        "token:XsApple",
        "Backed",
        "solana:x/token:XsOther",
        "eip155:1/erc20:XsApple",
        "solana:devnet/token:XsApple",
        "x/y:XsApple",
    ],
)
def test_an_id_that_no_catalogue_has_is_unknown(resource_id: str) -> None:
    assert found(resource_id) == (None, "unknown-instrument")


def test_what_identifies_a_resource_must_agree_with_it() -> None:
    assert found("AAPLx", isin="US0378331005", mint="XsApple") == ("AAPLx", None)
    assert found("AAPLx", isin="US88160R1014") == ("AAPLx", "instrument-mismatch")
    assert found("AAPLx", isin=None) == ("AAPLx", "instrument-mismatch")


def test_an_identifier_that_the_catalogue_does_not_know_does_not_agree() -> None:
    assert found("TSLAx", mint="XsTesla") == ("TSLAx", "instrument-mismatch")


def test_an_identifier_that_was_not_given_contradicts_nothing() -> None:
    assert find_resource(VENUE, "buy", "instrument", "AAPLx", {"resource.isin": UNKNOWN})[1] is None


def test_a_type_takes_only_its_own_actions() -> None:
    assert found("AAPLx", "onboard") == (None, "action-not-for-instrument")
    assert found("stocks", "onboard", "product") == ("stocks", None)


def test_every_id_of_a_type_without_a_catalogue_stands() -> None:
    assert found("anything", "sell", "lot") == (None, None)
