"""Generated functions: facts as locals where they are read often, and names that they are held with."""

from compliance.engine.program import run, with_locals
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
