from __future__ import annotations

import pytest

from compliance.language.fields import (
    ANYTHING,
    COUNT,
    SENTENCE,
    SLUG,
    TEXT,
    WORDS,
    YES_NO,
    Choice,
    Field,
    Form,
    ListOf,
    TableOf,
    clipped,
)
from compliance.language.nodes import Table
from compliance.language.reader import read_source
from compliance.language.span import Source
from tests.language.small import underlined

NAME = Field("name", SLUG, required=True)
SAYS = Field("says", SENTENCE)
KIND = Field("kind", Choice(("permit", "forbid"), "unknown-effect"))
OPEN = Field("open", YES_NO)
DEPTH = Field("depth", COUNT)
OF = Field("of", WORDS)
MANY = Field("many", ListOf(TEXT, "a list of words", or_one=True))
SET = Field("set", ListOf(TEXT, "a list of words", at_least=0))
MORE = Field("more", TableOf(TEXT, "a mapping of words", SLUG))
ANY = Field("any", ANYTHING)
FORM = Form("thing", (NAME, SAYS, KIND, OPEN, DEPTH, OF, MANY, SET, MORE, ANY), named_by="name")


def take(text):
    source = Source("a.yaml", text)
    node, unread = read_source(source)
    assert node is not None
    found = []
    filled = FORM.take(node, "thing", found)
    return filled, [(each.slug, underlined(each.span, (source,)), each.message) for each in unread + found]


def filled(text):
    taken, found = take(text)
    assert taken is not None
    assert found == []
    return taken


def test_a_form_gives_each_field_as_its_shape_says():
    taken = filled("{name: a-b, open: true, depth: 3, of: [x, y], many: z, set: [], more: {k: v}}")
    assert taken.text(NAME) == "a-b"
    assert taken.get(OPEN) is True
    assert taken.get(DEPTH) == 3
    assert [word.value for word in taken.get(OF) or ()] == ["x", "y"]
    assert [word.value for word in taken.get(MANY) or ()] == ["z"]
    assert taken.get(SET) == ()
    assert [(key.value, value.value) for key, value in taken.get(MORE) or ()] == [("k", "v")]
    assert taken.is_whole


def test_a_field_that_is_not_given_is_none():
    taken = filled("name: a")
    assert taken.get(SAYS) is None
    assert not taken.gives(SAYS)


@pytest.mark.parametrize(
    ("text", "slug", "marked", "message"),
    [
        ("says: b", "missing-field", "s", "this thing lacks `name`"),
        ("{name: a, sais: b}", "unknown-key", "sais", "a thing has no key `sais`"),
        ("{name: A b}", "bad-name", "A b", "`A b` is not a name of small letters, digits and hyphens"),
        ("{name: a, says: [b]}", "wrong-shape", "[", "`says` is a sentence, not a list"),
        ("{name: a, says: {b: c}}", "wrong-shape", "{", "`says` is a sentence, not a mapping"),
        ("{name: a, says: }", "empty-value", "}", "`says` has no value"),
        ("{name: a, says: ''}", "empty-value", "''", "`says` has no value"),
        ("{name: a, says: null}", "empty-value", "null", "`says` has no value"),
        ("{name: a, kind: permitt}", "unknown-effect", "permitt", "`permitt` is not one of the values of `kind`"),
        ("{name: a, open: yes}", "wrong-shape", "yes", "`open` is `true` or `false`, not `yes`"),
        ("{name: a, depth: -1}", "wrong-shape", "-1", "`depth` is a whole number, 0 or more, not `-1`"),
        ("{name: a, of: b}", "wrong-shape", "b", "`of` is a list of words, not `b`"),
        ("{name: a, of: []}", "empty-value", "[]", "the list `of` is empty"),
        ("{name: a, of: [[b]]}", "wrong-shape", "[", "`of` is text, not a list"),
        ("{name: a, many: }", "empty-value", "}", "`many` has no value"),
        ("{name: a, more: [b]}", "wrong-shape", "[", "`more` is a mapping of words, not a list"),
        ("{name: a, more: {B: c}}", "bad-name", "B", "`B` is not a name of small letters, digits and hyphens"),
        ("{name: a, any: }", "empty-value", "}", "`any` has no value"),
        ("[name]", "wrong-shape", "[", "`thing` is a mapping with `name`, not a list"),
    ],
)
def test_what_does_not_fit_is_said_in_the_words_of_the_file(text, slug, marked, message):
    assert take(text)[1] == [(slug, marked, message)]


def test_a_mistyped_key_is_met_with_the_key_that_was_meant():
    source = Source("a.yaml", "{name: a, sais: b}")
    node, _ = read_source(source)
    found = []
    assert node is not None
    FORM.take(node, "thing", found)
    assert found[0].help == "did you mean `says`"


def test_what_was_complained_about_before_is_not_missing_and_not_misshapen():
    taken, found = take("{name: *x}")
    assert [slug for slug, _, _ in found] == ["alias-not-allowed"]
    assert taken is not None
    assert taken.gives(NAME)
    assert not taken.is_whole


def test_several_mistakes_in_one_mapping_are_all_reported():
    _, found = take("{sais: b, open: perhaps, depth: x, of: [], more: 1}")
    assert [slug for slug, _, _ in found] == [
        "unknown-key",
        "wrong-shape",
        "wrong-shape",
        "empty-value",
        "wrong-shape",
        "missing-field",
    ]


def test_a_thing_is_called_by_its_name_where_it_has_one():
    assert filled("name: a").called == "thing `a`"
    taken, _ = take("says: b")
    assert taken is not None
    assert taken.called == "this thing"


def test_a_field_stands_where_its_value_does_else_where_its_key_does():
    node, _ = read_source(Source("a.yaml", "name: a\nof:\n  - x\n"))
    assert isinstance(node, Table)
    taken = FORM.take(node, "thing", [])
    assert taken is not None
    assert str(taken.place(NAME)) == "a.yaml:1:7"
    assert str(taken.place(OF)) == "a.yaml:2:1"
    assert str(taken.place(SAYS)) == "a.yaml:1:1"


def test_a_long_text_is_shown_on_one_line_and_cut():
    assert clipped("a\n b") == "a b"
    assert clipped("x" * 100) == "x" * 57 + "..."
