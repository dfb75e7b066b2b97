"""Generated functions: facts as locals where they are read often, and names that they are held with."""

from compliance.engine.program import run, with_locals
from tests.engine.random_rulebooks import request_of


def test_a_fact_that_is_read_twice_becomes_a_local() -> None:
    text = with_locals("def twice(f):", ["return F_subject_n + F_subject_n + F_subject_k"])
    assert text.splitlines() == [
        "def twice(f):",
        "    F_subject_n = f.subject_n",
        "    return F_subject_n + F_subject_n + f.subject_k",
    ]


def test_a_function_reads_facts_and_the_names_that_it_is_held_with() -> None:
    held: dict[str, object] = {"K0": 40}
    function = run(with_locals("def sum_(f):", ["return K0 + F_subject_n"]), "sum_", held)
    assert function(request_of({"subject.n": 2}, "buy", "person", None).facts) == 42
    assert held["sum_"] is function
