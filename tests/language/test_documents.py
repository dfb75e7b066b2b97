from __future__ import annotations

import pytest

from compliance.language.documents import Kind, kind_of, read_documents, stem_of
from compliance.language.span import Source


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("rules/vocabulary.yaml", Kind.VOCABULARY),
        ("rules/authorities.yaml", Kind.AUTHORITIES),
        ("rules/personas.yaml", Kind.PERSONAS),
        ("rules/invariants.yaml", Kind.INVARIANTS),
        ("rules/edges.yaml", Kind.EDGES),
        ("rules/house.yaml", Kind.STATEMENTS),
        ("rules/us-person/tax.yaml", Kind.STATEMENTS),
        ("rules/us-person/tax.cases.yaml", Kind.CASES),
        ("jurisdictions/AE-DU.yaml", Kind.JURISDICTION),
        ("jurisdictions/AE-DU.cases.yaml", Kind.CASES),
        ("jurisdictions/groups/EEA.yaml", Kind.GROUP),
        ("jurisdictions/parents.yaml", Kind.PARENTS),
    ],
)
def test_where_a_file_lies_says_what_it_is(path, kind):
    assert kind_of(path) == (kind, None)


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("rules/tax.yml", "wrong-extension"),
        ("jurisdictions/europe/CH.yaml", "stray-file"),
        ("notes.yaml", "stray-file"),
        ("rules/my rule.yaml", "bad-file-name"),
        ("rules/..", "bad-file-name"),
        ("rules/Übung.yaml", "bad-file-name"),
        ("", "bad-file-name"),
    ],
)
def test_a_file_whose_place_says_nothing_is_complained_about(path, slug):
    kind, complaint = kind_of(path)
    assert kind is None
    assert complaint is not None
    assert complaint.slug == slug


def test_the_stem_is_the_name_without_folder_and_extension():
    assert stem_of("rules/us/us-person.cases.yaml") == "us-person"
    assert stem_of("jurisdictions/AE-DU.yaml") == "AE-DU"


def test_files_are_read_in_order_of_path_whatever_order_they_come_in():
    files = [Source("rules/b.yaml", "a: 1"), Source("rules/a.yaml", "a: 1")]
    documents, found = read_documents(files)
    assert [document.path for document in documents.documents] == ["rules/a.yaml", "rules/b.yaml"]
    assert documents.whole
    assert found == []


def test_a_file_that_is_given_twice_counts_once():
    documents, found = read_documents([Source("rules/a.yaml", "a: 1"), Source("rules/a.yaml", "b: 1")])
    assert len(documents.documents) == 1
    assert [each.slug for each in found] == ["duplicate-file"]


def test_a_file_that_cannot_be_read_leaves_the_others_readable():
    documents, found = read_documents([Source("rules/a.yaml", "a: [1"), Source("rules/b.yaml", "b: 1")])
    assert [document.path for document in documents.documents] == ["rules/b.yaml"]
    assert not documents.whole
    assert [each.slug for each in found] == ["bad-yaml"]
