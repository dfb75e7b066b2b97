from __future__ import annotations

import pytest

from compliance.vocabulary.facts import AccessEffect
from tests.language.small import found, loaded, vocabulary


def test_a_level_of_access_says_what_each_class_of_actions_does():
    access = loaded({}).vocabulary.access
    assert access["closed"].effects == {"entry": AccessEffect("forbid"), "exit": AccessEffect("permit")}
    assert access["skilled"].effects["entry"] == AccessEffect("permit", only_if="subject.skilled")
    assert access["watched"].effects["entry"] == AccessEffect("permit", also="refer")


def test_a_level_may_have_a_sentence():
    changed = vocabulary("closed: {entry: forbid", "closed: {says: only out, entry: forbid")
    assert loaded(changed).vocabulary.access["closed"].says == "only out"


def test_where_no_position_is_the_vocabulary_says_what_holds_and_who_says_so():
    uncovered = loaded({}).vocabulary.uncovered
    assert uncovered is not None
    assert (uncovered.access, uncovered.says) == ("closed", "no position covers this place")
    assert [each.title for each in uncovered.authority] == ["Decision of the house"]


@pytest.mark.parametrize(
    ("new", "slug", "marked"),
    [
        ("{entry: permitt, exit: permit}", "unknown-effect", "permitt"),
        ("{entry: require, exit: permit}", "unknown-effect", "require"),
        ("{entry: [permit], exit: permit}", "wrong-shape", "["),
        ("{entry: {also: refer}, exit: permit}", "missing-field", "{"),
        ("{entry: {effect: forbid, only_if: subject.skilled}, exit: permit}", "misplaced-key", "only_if"),
        ("{entry: {effect: permit, also: forbid}, exit: permit}", "unknown-effect", "forbid"),
        ("{entry: {effect: permit, if: subject.skilled}, exit: permit}", "unknown-key", "if"),
        ("{entry: permit}", "missing-field", "open"),
    ],
)
def test_an_effect_that_a_level_cannot_have_is_pointed_at(new, slug, marked):
    assert found(vocabulary("open: {entry: permit, exit: permit}", f"open: {new}")) == [(slug, marked)]


def test_what_was_complained_about_before_is_not_missing():
    assert found(vocabulary("open: {entry: permit,", "open: {entry: *x,")) == [("alias-not-allowed", "*x")]
