from dataclasses import replace

from compliance.api.examples import evaluation_example, example
from tests.api.support import shipped, tiny


def test_the_example_is_a_case_that_is_allowed_at_its_instant():
    for book in (shipped(), tiny()):
        made = example(book.rulebook)
        case = next(case for case in book.rulebook.cases if made == {**case.request, "as_of": made["as_of"]})
        assert case.outcome == "allow"


def test_authzen_gets_an_id_and_no_instant():
    made = evaluation_example(shipped().rulebook)
    assert made["subject"]["id"]
    assert "as_of" not in made


def test_a_rulebook_without_cases_still_has_an_example():
    made = example(replace(tiny().rulebook, cases=()))
    assert made["action"] == {"name": "read"}
