"""What a vocabulary computes: whether listed owners hold the threshold together, as far as owners are on file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.engine.computed import computed_value
from compliance.vocabulary.facts import Computed
from compliance.vocabulary.ownership import OwnershipError
from compliance.vocabulary.unknown import UNKNOWN, Truth
from compliance.vocabulary.values import FactValue, Record

OWNED = Computed("ownership", "subject.owners", "listed", Decimal(50))


def owner(share: int, listed: bool, **more: Any) -> Record:
    fields: dict[str, Any] = {"share": Decimal(share), "listed": listed, "kind": "natural-person", **more}
    return Record("Owner", {name: value for name, value in fields.items() if value is not UNKNOWN})


def owned_by(*owners: Record) -> Truth:
    return computed_value(OWNED, {"subject.owners": owners})


def test_listed_owners_count_together() -> None:
    assert owned_by(owner(30, True), owner(20, True), owner(50, False)) is True
    assert owned_by(owner(30, True), owner(19, True), owner(51, False)) is False


def test_listed_owners_count_through_a_chain() -> None:
    holding = owner(60, False, kind="company", owners=(owner(50, True), owner(50, False)))
    assert owned_by(holding, owner(40, False)) is True


def test_what_is_not_on_file_may_belong_to_listed_owners() -> None:
    assert owned_by(owner(40, False)) is UNKNOWN
    assert owned_by(owner(60, UNKNOWN), owner(40, False)) is UNKNOWN  # type: ignore[arg-type]
    assert owned_by() is UNKNOWN


@pytest.mark.parametrize("values", [{}, {"subject.owners": UNKNOWN}, {"subject.owners": None}])
def test_owners_that_are_unknown_or_absent_leave_it_open(values: dict[str, FactValue]) -> None:
    assert computed_value(OWNED, values) is UNKNOWN


def test_the_threshold_and_the_name_of_the_flag_are_the_vocabularys() -> None:
    strict = Computed("ownership", "subject.owners", "sanctioned", Decimal(25))
    record = Record("Owner", {"share": Decimal(25), "sanctioned": True, "kind": "natural-person"})
    assert computed_value(strict, {"subject.owners": (record,)}) is True


def test_the_kinds_that_nobody_owns_are_the_vocabularys() -> None:
    state = owner(100, False, kind="government")
    assert owned_by(state) is UNKNOWN
    stated = Computed("ownership", "subject.owners", "listed", Decimal(50), frozenset({"government"}))
    assert computed_value(stated, {"subject.owners": (state,)}) is False


def test_owners_that_contradict_themselves_are_no_answer() -> None:
    with pytest.raises(OwnershipError):
        owned_by(owner(60, True), owner(60, True))


@given(st.lists(st.tuples(st.integers(0, 25), st.booleans(), st.booleans()), max_size=4))
def test_learning_about_an_owner_never_turns_a_settled_answer_around(owners: list[tuple[int, bool, bool]]) -> None:
    before = owned_by(*(owner(share, listed if known else UNKNOWN) for share, listed, known in owners))  # type: ignore[arg-type]
    after = owned_by(*(owner(share, listed) for share, listed, _ in owners))
    assert before is UNKNOWN or before is after
