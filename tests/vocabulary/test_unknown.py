"""Unknown cannot be mistaken for true or false, and the three operators are Kleene's."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.vocabulary.unknown import UNKNOWN, Truth, Unknown, conjunction, disjunction, negation

T, F, U = True, False, UNKNOWN
TRUTHS: st.SearchStrategy[Truth] = st.sampled_from((T, F, U))


@pytest.mark.parametrize(
    "use",
    [
        bool,
        lambda value: not value,
        lambda value: value and True,
        lambda value: value or True,
        lambda value: 1 if value else 0,
        lambda value: value == value,  # noqa: PLR0124
        lambda value: value != 1,
        lambda value: 1 == value,  # noqa: SIM300
        lambda value: value in [1, 2],
        lambda value: 1 in [value, 2],
        lambda value: value in {1, 2},
        lambda value: value in frozenset(),  # noqa: RUF060
        lambda value: 1 in value,
        hash,
        lambda value: {value},
        lambda value: {value: 1},
        lambda value: value < 1,
        lambda value: value + 1,
        list,
        len,
        lambda value: any([value]),
        lambda value: all([value]),
        lambda value: sorted([value, 1]),
    ],
)
def test_every_use_as_a_value_is_refused(use: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        use(UNKNOWN)


@pytest.mark.parametrize(
    "again",
    [Unknown, lambda: copy.copy(UNKNOWN), lambda: copy.deepcopy(UNKNOWN), lambda: pickle.loads(pickle.dumps(UNKNOWN))],  # noqa: S301 - its own bytes
)
def test_there_is_one_unknown_also_after_a_copy(again: Callable[[], object]) -> None:
    assert again() is UNKNOWN


def test_it_shows_its_name() -> None:
    assert repr(UNKNOWN) == "UNKNOWN"


# Kleene 1952, section 64: rows are the left value, columns the right one, each true, unknown, false.


@pytest.mark.parametrize(
    ("operator", "table"),
    [(conjunction, (T, U, F, U, U, F, F, F, F)), (disjunction, (T, T, T, T, U, U, T, U, F))],
)
def test_and_and_or_have_kleenes_tables(operator: Callable[[Any], Truth], table: tuple[Truth, ...]) -> None:
    found = [operator(pair) for pair in product((T, U, F), repeat=2)]
    assert all(one is expected for one, expected in zip(found, table, strict=True))


def test_not_has_kleenes_table() -> None:
    assert (negation(T), negation(F)) == (F, T)
    assert negation(U) is U


def test_of_nothing_and_is_true_and_or_is_false() -> None:
    assert conjunction(()) is True
    assert disjunction(()) is False


@given(st.lists(TRUTHS, max_size=5))
def test_an_operator_is_what_all_completions_agree_on(values: list[Truth]) -> None:
    completions = list(product(*((T, F) if value is U else (value is True,) for value in values)))
    for operator, plain in ((conjunction, all), (disjunction, any)):
        outcomes = {plain(completion) for completion in completions}
        assert operator(values) is (outcomes.pop() if len(outcomes) == 1 else U)


@given(st.lists(TRUTHS, max_size=5))
def test_not_turns_and_into_or(values: list[Truth]) -> None:
    assert negation(conjunction(values)) is disjunction(negation(value) for value in values)


@given(st.lists(TRUTHS, max_size=5), st.data())
def test_knowing_more_never_turns_a_settled_value_around(values: list[Truth], data: st.DataObject) -> None:
    fuller = [data.draw(TRUTHS) if value is U else value for value in values]
    for operator in (conjunction, disjunction):
        assert operator(values) is U or operator(values) is operator(fuller)
