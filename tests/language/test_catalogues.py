from __future__ import annotations

import pytest

from tests.language.small import CATALOGUE, PRODUCTS, VOCABULARY, found, loaded


def test_an_entry_has_its_own_facts_over_those_of_its_catalogue_and_its_product():
    text = CATALOGUE.replace("authority: [house]\n", "authority: [house]\nfacts: {colour: blue}\n", 1)
    more = "  - {id: B, name: Banana, isin: US0378331005, colour: red}\n"
    shares = loaded({"rules/shares.yaml": text + more}).catalogue["share"]
    assert shares["A"].facts == {"resource.colour": "blue", "resource.isin": "CH1436219187"}
    assert shares["B"].facts["resource.colour"] == "red"
    assert loaded({}).catalogue["share"]["A"].facts["resource.colour"] == "red"
    assert (shares["A"].product, shares["A"].name) == ("shares", "Apple")


def test_the_products_are_the_catalogue_of_the_type_product():
    rulebook = loaded({})
    entry = rulebook.catalogue["product"]["shares"]
    assert (entry.product, entry.name) == ("shares", "Shares")
    assert entry.facts == {"resource.colour": "red"}
    assert [each.title for each in rulebook.products["shares"].authority] == ["Decision of the house"]


def test_a_product_may_be_part_of_another():
    more = "- {product: funds, name: Funds, part_of: shares, authority: [house]}\n"
    assert loaded({"rules/products.yaml": PRODUCTS + more}).products["funds"].part_of == "shares"


def test_the_name_of_an_entry_is_a_fact_where_the_vocabulary_has_one():
    text = VOCABULARY.replace("  isin:", "  name: {type: string, from: catalogue, means: the name}\n  isin:")
    entry = loaded({"rules/vocabulary.yaml": text}).catalogue["share"]["A"]
    assert (entry.name, entry.facts["resource.name"]) == ("Apple", "Apple")


def test_subjects_may_be_catalogued():
    text = VOCABULARY.replace("tested: {type: bool,", "tested: {type: bool, from: [request, catalogue],").replace(
        "partner: {type: bool,", "partner: {type: bool, from: catalogue,"
    )
    entries = "catalogue: person\nauthority: [house]\nentries:\n  - {id: ada, tested: true, partner: null}\n"
    entry = loaded({"rules/vocabulary.yaml": text, "rules/people.yaml": entries}).catalogue["person"]["ada"]
    assert entry.facts == {"subject.tested": True, "subject.partner": None}
    assert entry.product is None


def test_two_files_may_hold_one_catalogue_but_not_one_id():
    more = CATALOGUE.replace("id: A, name: Apple, isin: CH1436219187", "id: B")
    assert set(loaded({"rules/more.yaml": more}).catalogue["share"]) == {"A", "B"}
    assert found({"rules/more.yaml": more.replace("id: B", "id: A")}) == [("duplicate-id", "A")]


@pytest.mark.parametrize(
    ("entry", "slug", "marked"),
    [
        ("{name: B}", "missing-field", "name"),
        ("{id: ''}", "empty-value", "''"),
        ("{id: [B]}", "wrong-shape", "["),
        (f"{{id: {'B' * 201}}}", "bad-name", "B" * 201),
        ("{id: B, name: [x]}", "wrong-shape", "["),
        ("{id: B, colour: green}", "bad-value", "green"),
        ("{id: B, colour: null}", "bad-value", "null"),
        ("{id: B, isin: US0378331006}", "bad-value", "US0378331006"),
        ("{id: B, isin: CH1436219187}", "duplicate-identifier", "CH1436219187"),
        ("{id: B, color: red}", "unknown-fact", "color"),
        ("{id: B, halted: false}", "not-a-catalogue-fact", "halted"),
        ("[B]", "wrong-shape", "["),
        ("{id: B, id: C}", "duplicate-key", "id"),
    ],
)
def test_what_an_entry_cannot_hold_is_pointed_at(entry, slug, marked):
    assert found({"rules/shares.yaml": f"{CATALOGUE}  - {entry}\n"}) == [(slug, marked)]


@pytest.mark.parametrize(
    ("text", "slug", "marked"),
    [
        ("catalogue: product\nauthority: [act]\nentries: [{id: a}]\n", "unknown-type", "product"),
        ("catalogue: person\nproduct: shares\nauthority: [act]\nentries: [{id: a}]\n", "misplaced-key", "product"),
        ("catalogue: share\nproduct: share\nauthority: [act]\nentries: [{id: a}]\n", "unknown-product", "share"),
        ("catalogue: share\nauthority: [act]\n", "missing-field", "share"),
        ("catalogue: share\nentries: [{id: a}]\n", "missing-authority", "share"),
        ("product: more\nname: More\npart_of: nothing\nauthority: [act]\n", "unknown-product", "nothing"),
        ("product: more\nname: More\npart_of: more\nauthority: [act]\n", "product-cycle", "more"),
    ],
)
def test_what_a_catalogue_or_product_cannot_say_is_pointed_at(text, slug, marked):
    assert found({"rules/more.yaml": text}) == [(slug, marked)]
