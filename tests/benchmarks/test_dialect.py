from benchmarks.dialect import CEL, PYTHON
from benchmarks.facts import FACTS
from benchmarks.model import All, AnyOf, Compare, IsTrue, Not, OneOf, Overlaps
from benchmarks.normal import disjuncts

YOUNG = Compare(FACTS["age"], "<", 18)
INSIDER = IsTrue(FACTS["insider"])
NEAR = OneOf(FACTS["location"], ("FR", "DE"))
TAXED = Overlaps(FACTS["tax_residences"], ("US",))


def test_a_condition_is_written_as_cel():
    condition = AnyOf((All((YOUNG, Not(INSIDER))), NEAR))
    assert CEL.write(condition) == '((age < 18 && !(insider)) || location in ["FR", "DE"])'


def test_a_condition_is_written_as_python():
    assert PYTHON.write(TAXED) == 'not f["tax_residences"].isdisjoint(["US"])'


def test_negation_is_pushed_to_the_comparisons():
    assert disjuncts(Not(AnyOf((YOUNG, INSIDER)))) == [[(YOUNG, False), (INSIDER, False)]]
    assert disjuncts(Not(All((YOUNG, INSIDER)))) == [[(YOUNG, False)], [(INSIDER, False)]]


def test_no_condition_is_always():
    assert disjuncts(None) == [[]]
