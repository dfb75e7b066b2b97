from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from compliance.language.graphs import in_order_of_need

GRAPHS = st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 9), max_size=4), max_size=9)


def test_what_is_needed_comes_first():
    assert in_order_of_need({"a": ["b", "c"], "b": ["c"], "c": []}) == (["c", "b", "a"], [])


def test_a_circle_is_its_steps_from_the_first():
    assert in_order_of_need({"a": ["b"], "b": ["c"], "c": ["b"]})[1] == [("b", "c")]


def test_what_needs_itself_is_a_circle_of_one():
    assert in_order_of_need({"a": ["a"]}) == (["a"], [("a",)])


def test_what_nobody_states_is_ignored():
    assert in_order_of_need({"a": ["x"]}) == (["a"], [])


def test_a_chain_of_ten_thousand_is_no_matter():
    assert len(in_order_of_need({number: [number + 1] for number in range(10_000)})[0]) == 10_000


@given(GRAPHS)
def test_law_every_node_comes_once_and_after_what_it_needs_unless_there_is_a_circle(edges):
    order, circles = in_order_of_need(edges)
    assert sorted(order) == sorted(edges)
    if not circles:
        for node in order:
            assert all(order.index(need) < order.index(node) for need in edges[node] if need in edges)


@given(GRAPHS)
def test_law_each_circle_is_one(edges):
    for circle in in_order_of_need(edges)[1]:
        for node, need in zip(circle, (*circle[1:], circle[0]), strict=True):
            assert need in edges[node]
