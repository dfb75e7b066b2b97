"""What a condition names is found once, by itself or through an index that many rulesets share."""

from compliance.language.expression import And, Comparison, DefinitionRef, FactRef, ParameterRef, Within
from compliance.language.named import NameIndex, joined
from compliance.vocabulary.types import BOOL, INT, TERRITORY

AGE, HOME = FactRef("subject.age", INT), FactRef("subject.residence", TERRITORY)
OLD = Comparison(">=", AGE, ParameterRef("age", "CH", INT))
WHOLE = And((OLD, Within(HOME, "EEA"), Within(HOME, HOME), DefinitionRef("subject.us_person", None, BOOL)))


def test_places_parameters_and_definitions_are_named_with_the_jurisdiction_that_gives_them():
    named = NameIndex().of(WHOLE)
    assert named.parameters == {("age", "CH")}
    assert named.definitions == {("subject.us_person", None)}


def test_a_place_that_a_fact_gives_is_no_name():
    assert NameIndex().of(WHOLE).places == {"EEA"}


def test_a_condition_is_looked_at_once():
    index = NameIndex()
    assert index.of(WHOLE) is index.of(WHOLE)


def test_what_several_name_is_named_together():
    index = NameIndex()
    named = joined([index.of(OLD), index.of(Within(HOME, "CH"))])
    assert (named.places, named.parameters, named.definitions) == ({"CH"}, {("age", "CH")}, frozenset())
    assert joined([]).places == frozenset()
