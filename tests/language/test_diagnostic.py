"""What is wrong, in the order in which a reader meets it."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from compliance.language.diagnostic import Diagnostic, Severity, in_order
from compliance.language.span import Span

FOUND = st.builds(
    Diagnostic,
    st.sampled_from(("bad-a", "bad-b")),
    st.sampled_from(("x is wrong", "y is wrong")),
    st.builds(
        lambda line, column: Span("a.yaml", line, column, line, column + 1), st.integers(1, 3), st.integers(1, 3)
    ),
)


def test_a_diagnostic_is_an_error_unless_it_says_otherwise() -> None:
    assert Diagnostic("bad", "x is wrong", Span("a.yaml", 1, 1, 1, 2)).severity is Severity.ERROR


@given(found=st.lists(FOUND), seed=st.integers())
def test_diagnostics_stand_by_place_each_once_in_whatever_order_they_were_found(
    found: list[Diagnostic], seed: int
) -> None:
    shuffled = found + found
    Random(seed).shuffle(shuffled)
    ordered = in_order(shuffled)
    assert ordered == in_order(found)
    assert set(ordered) == set(found)
    assert len(ordered) == len(set(found))
    assert [one.span for one in ordered] == sorted(one.span for one in ordered)
