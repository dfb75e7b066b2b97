from __future__ import annotations

from compliance.language.authorities import Library
from compliance.language.known import Known, is_known
from compliance.language.nodes import Scalar
from compliance.language.span import Span
from tests.language.small import loaded

HERE = Span("a", 1, 1, 1, 2)


def known():
    rulebook = loaded({})
    return Known(rulebook.vocabulary, frozenset(), rulebook.places, Library(), {}, dict(rulebook.products))


def words(*texts):
    return [Scalar(text, HERE) for text in texts]


def test_a_class_of_actions_is_its_actions():
    found = []
    assert known().actions(words("entry", "sell"), found) == frozenset({"buy", "sell"})
    assert found == []


def test_no_kinds_are_all_kinds():
    assert known().kinds(None, []) is None
    assert known().kinds(words("person"), []) == frozenset({"person"})


def test_places_are_territories_and_groups():
    assert known().is_place("BR")
    assert known().is_place("UA-43")
    assert known().is_place("alps")
    assert not known().is_place("Alps")


def test_an_unknown_name_is_complained_about_and_left_out():
    found = []
    assert known().actions(words("entri", "sell"), found) == frozenset({"sell"})
    assert known().kinds(words("persona", "person"), found) == frozenset({"person"})
    assert known().layer(words("laws")[0], found) is None
    assert known().product(words("share")[0], found) is None
    assert [each.slug for each in found] == ["unknown-action", "unknown-kind", "unknown-layer", "unknown-product"]
    assert found[0].help == "did you mean `entry`"


def test_nothing_is_neither_known_nor_complained_about():
    found = []
    assert known().layer(None, found) is None
    assert found == []


def test_a_name_is_known_if_it_is_one_of_the_names():
    assert is_known(words("a")[0], ["a"], "unknown-thing", "thing", [])
    found = []
    assert not is_known(words("b")[0], ["a"], "unknown-thing", "thing", found)
    assert found[0].message == "there is no thing `b`"
