"""Generated functions: facts as locals where they are read often, and names that they are held with."""

from compliance.engine.program import FOUND, over_rows, run, with_locals
from tests.engine.random_rulebooks import request_of


def test_a_fact_that_is_read_twice_becomes_a_local() -> None:
    text = with_locals("def twice(f):", ["return F_subject_n + F_subject_n + F_subject_k + F_context_c"])
    assert text.splitlines() == [
        "def twice(f):",
        "    of_subject = f.subject",
        "    F_subject_n = of_subject.subject_n",
        "    return F_subject_n + F_subject_n + of_subject.subject_k + f.context.context_c",
    ]


def test_what_every_request_says_is_read_where_it_stands() -> None:
    text = with_locals("def f(f):", ["return F_context_time, F_resource_id, F_subject_homes"])
    assert text.splitlines()[1] == "    return f.context_time, f.resource_id, f.fixed.subject_homes"


def test_a_function_reads_facts_and_the_names_that_it_is_held_with() -> None:
    held: dict[str, object] = {"K0": 40}
    function = run(with_locals("def sum_(f):", ["return K0 + F_subject_n"]), "sum_", held)
    assert function(request_of({"subject.n": 2}, "buy", "person", None).facts) == 42
    assert held["sum_"] is function


def test_over_rows_facts_are_read_from_columns_and_what_is_caught_leaves_its_row() -> None:
    lines = [
        "if F_subject_n > 1: " + FOUND.format("F_subject_n + F_subject_k + F_subject_homes"),
        FOUND.format("'few'"),
    ]
    over = over_rows(lines, "(TypeError,)", {})
    assert over is not None
    found: list[object] = [None] * 4
    given = {"subject_n": [1, 2, 3, None], "subject_k": [10, 20, 30, 40], "subject_homes": 100}
    assert over([0, 1, 3], found, given) == [3]
    assert found == ["few", 122, None, None]


def test_over_rows_a_line_that_reads_nothing_or_one_fact_is_a_function_too() -> None:
    found: list[object] = [None]
    for line, expected in (("0", 0), ("F_subject_n", 5)):
        over = over_rows([FOUND.format(line)], "(TypeError,)", {})
        assert over is not None
        over([0], found, {"subject_n": [5]})
        assert found == [expected]


def test_over_rows_there_is_no_function_for_a_line_that_needs_all_facts_of_a_request() -> None:
    assert over_rows([FOUND.format("K12(f)")], "(TypeError,)", {}) is None
