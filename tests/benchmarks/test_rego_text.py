from benchmarks.engines.rego_text import module
from benchmarks.facts import FACTS
from benchmarks.model import All, Effect, Not, Overlaps, Rule

CITIZEN = Overlaps(FACTS["citizenships"], ("US",))
TAXED = Overlaps(FACTS["tax_residences"], ("US",))


def body_of(condition):
    rule = Rule("r1", Effect.FORBID, ("buy",), when=condition)
    return module("rules", (rule,), scoped=False).splitlines()[-1]


def test_two_sets_in_one_body_have_variables_of_their_own():
    assert body_of(All((CITIZEN, TAXED))) == (
        'fired contains "r1" if { some x0 in input.citizenships; x0 in {"US"}; '
        'some x1 in input.tax_residences; x1 in {"US"} }'
    )


def test_a_negated_question_about_a_set_is_asked_of_every_element():
    assert body_of(Not(TAXED)) == ('fired contains "r1" if { every x0 in input.tax_residences { not x0 in {"US"} } }')
