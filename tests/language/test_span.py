"""Places in rule files."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from compliance.language.span import NOWHERE, Span

NUMBERS = st.integers(0, 9)
SPANS = st.builds(Span, st.sampled_from(("a.yaml", "b.yaml")), NUMBERS, NUMBERS, NUMBERS, NUMBERS)


def test_a_span_shows_its_file_line_and_column() -> None:
    assert str(Span("rules/a.yaml", 3, 7, 3, 9)) == "rules/a.yaml:3:7"


@given(spans=st.lists(SPANS), seed=st.integers())
def test_spans_stand_by_file_then_by_where_they_start(spans: list[Span], seed: int) -> None:
    shuffled = list(spans)
    Random(seed).shuffle(shuffled)
    assert sorted(shuffled) == sorted(
        spans, key=lambda span: (span.path, span.line, span.column, span.end_line, span.end_column)
    )


@given(SPANS)
def test_nowhere_stands_before_every_place(span: Span) -> None:
    assert span >= NOWHERE
