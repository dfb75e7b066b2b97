from __future__ import annotations

import pytest

from compliance.language.documents import Document, Kind
from compliance.language.reader import read_source
from compliance.language.span import Source
from compliance.language.statements import Statements, read_statements

RULE = "rule: a\neffect: forbid\nactions: [entry]\nsays: b\nauthority: [act]\n"


def read(text, path="rules/theme/a.yaml"):
    node, unread = read_source(Source(path, text))
    assert node is not None
    found = list(unread)
    statements = Statements()
    read_statements(Document(path, Kind.STATEMENTS, node), statements, found)
    return statements, [(each.slug, str(each.span).removeprefix(f"{path}:")) for each in found]


def test_a_file_holds_one_statement_or_a_sequence_of_them():
    one, found = read(RULE)
    assert (len(one.rules), found) == (1, [])
    listed = "".join(f"- {RULE}".replace("\n", "\n  ").rstrip() + "\n" for _ in range(3))
    assert len(read(listed)[0].rules) == 3


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (RULE, "rules"),
        ("define: subject.a\nmeans: b\nis: subject.c\n", "definitions"),
        ("parameter: a\nmeans: b\ntype: int\nvalues: [{value: 1, authority: act}]\n", "parameters"),
        ("product: a\nname: A\nauthority: act\n", "products"),
        ("catalogue: share\nproduct: a\nauthority: act\nentries: [{id: a}]\n", "catalogues"),
    ],
)
def test_the_first_key_that_names_a_statement_says_what_it_is(text, kind):
    statements, found = read(text)
    assert found == []
    assert len(getattr(statements, kind)) == 1


def test_the_folder_is_the_theme_and_a_file_without_one_is_its_own():
    assert read(RULE, "rules/us-person/tax.yaml")[0].rules[0].setting.theme == "us-person"
    assert read(RULE, "rules/house.yaml")[0].rules[0].setting.theme == "house"


@pytest.mark.parametrize(
    ("text", "slug", "place"),
    [
        ("rul: a\n", "unknown-statement", "1:1"),
        ("{}\n", "unknown-statement", "1:1"),
        ("a\n", "wrong-shape", "1:1"),
        ("- rule\n- define\n", "wrong-shape", "1:3"),
        (RULE + "define: subject.a\n", "unknown-key", "6:1"),
        (RULE.replace("rule: a", "rule: A B"), "bad-name", "1:7"),
        ("define: US\nmeans: b\nis: subject.c\n", "bad-name", "1:9"),
        ("define: subject.us-person\nmeans: b\nis: subject.c\n", "bad-name", "1:9"),
    ],
)
def test_what_is_no_statement_is_pointed_at(text, slug, place):
    assert (slug, place) in read(text)[1]


def test_a_statement_knows_its_notes():
    statements, _ = read(RULE + "notes: [one, two]\n")
    assert statements.rules[0].notes == ("one", "two")
    assert read(RULE + "notes: one\n")[0].rules[0].notes == ("one",)
