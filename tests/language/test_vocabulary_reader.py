from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.vocabulary.facts import Counterparty, ResourceType, SubjectKind
from tests.language.small import VOCABULARY, found, load, loaded, vocabulary


def test_a_vocabulary_declares_actions_kinds_and_types_of_resource():
    text = VOCABULARY.replace("  product: {}\n", "  product: {actions: [buy]}\n").replace(
        "person: {homes: [subject.residence]}", "person: {homes: [subject.residence], means: a human being}"
    )
    found = loaded({"rules/vocabulary.yaml": text}).vocabulary
    assert found.actions == {"entry": ("buy",), "exit": ("sell",)}
    assert found.kinds["person"] == SubjectKind("person", ("subject.residence",), "a human being")
    assert found.resource_types["product"] == ResourceType("product", frozenset({"buy"}))
    assert found.resource_types["share"] == ResourceType("share", None, ("resource.isin",))
    assert found.layers == ("law", "venue")
    assert found.obligations == frozenset({"warn"})


def test_a_type_of_resource_names_the_chains_of_its_asset_ids():
    changed = vocabulary("[resource.isin]", '[resource.isin], chains: ["eip155:1"]')
    assert loaded(changed).vocabulary.resource_types["share"].chains == ("eip155:1",)


def test_a_type_of_resource_names_the_networks_of_lists_that_are_imported():
    changed = vocabulary("[resource.isin]", '[resource.isin], networks: {Ethereum: "eip155:1", TON: "ton:-239"}')
    assert loaded(changed).vocabulary.resource_types["share"].networks == {"Ethereum": "eip155:1", "TON": "ton:-239"}


def test_facts_keep_the_order_of_the_file():
    facts = loaded({}).vocabulary.facts
    assert list(facts)[:3] == ["subject.residence", "subject.seat", "subject.tested"]
    assert [fact.order for fact in facts.values()] == list(range(len(facts)))


def test_counterparties_and_how_long_an_allow_holds():
    text = VOCABULARY + "allow_for: 30s\ncounterparties:\n  recipient: {of: [sell], decided_as: buy}\n"
    found = loaded({"rules/vocabulary.yaml": text}).vocabulary
    assert found.allow_for == timedelta(seconds=30)
    assert found.counterparties == (Counterparty("recipient", frozenset({"sell"}), "buy"),)


def test_a_kind_may_have_no_homes():
    assert loaded(vocabulary("company: {homes: [subject.seat]}", "company: {}")).vocabulary.kinds["company"].homes == ()
    assert (
        loaded(vocabulary("company: {homes: [subject.seat]}", "company: {homes: []}")).vocabulary.kinds["company"].homes
        == ()
    )


def test_a_home_may_be_a_set_of_territories():
    text = "seat: {type: set<territory>, of: [company]"
    assert loaded(vocabulary("seat: {type: territory, of: [company]", text)).vocabulary.kinds["company"].homes == (
        "subject.seat",
    )


@pytest.mark.parametrize(
    ("old", "new", "slug", "marked"),
    [
        ("exit: [sell]", "exit: [sell, entry]", "duplicate-name", "entry"),
        ("[law, venue]", "[law, law]", "duplicate-name", "law"),
        ("  product: {}\n", "  product: {}\n  person: {}\n", "duplicate-name", "person"),
        ("  product: {}\n", "  product: {actions: [bye]}\n", "unknown-action", "bye"),
        ("[resource.isin]", "[resource.isin], chains: [solana]", "bad-value", "solana"),
        ("[resource.isin]", "[resource.isin], networks: {Solana: solana}", "bad-value", "solana"),
        ("[resource.isin]", "[resource.halted]", "not-an-identifier", "resource.halted"),
        ("[resource.isin]", "[subject.residence]", "not-an-identifier", "subject.residence"),
        ("[resource.isin]", "[resource.issin]", "unknown-fact", "resource.issin"),
        (
            "person: {homes: [subject.residence]}",
            "person: {homes: [subject.seat]}",
            "home-of-other-kind",
            "subject.seat",
        ),
        (
            "person: {homes: [subject.residence]}",
            "person: {homes: [resource.colour]}",
            "home-not-territory",
            "resource.colour",
        ),
        ("access: closed, says", "access: shut, says", "unknown-access", "shut"),
        ("open: {entry: permit, exit: permit}", "open: {entry: permit, exits: permit}", "unknown-action", "exits"),
    ],
)
def test_a_name_that_the_vocabulary_does_not_declare_is_pointed_at(old, new, slug, marked):
    assert (slug, marked) in found(vocabulary(old, new))


def test_a_fact_that_cannot_be_read_is_no_mistake_where_it_is_named():
    broken = vocabulary("tested: {type: bool", "tested: {type: bol")
    assert found(broken) == [("unknown-type", "bol")]


def test_a_home_that_cannot_be_read_is_no_second_mistake():
    assert found(vocabulary("residence: {type: territory", "residence: {type: teritory")) == [
        ("unknown-type", "teritory")
    ]


def test_a_vocabulary_that_is_no_mapping_is_one_mistake():
    assert found({"rules/vocabulary.yaml": "- actions\n"}) == [("wrong-shape", "-")]


def test_what_is_always_there_is_not_declared():
    lines = "subject:\n  type: {type: string, means: x}\n  id: {type: string, means: x}\n"
    assert [slug for slug, _ in found(vocabulary("subject:\n", lines))] == ["built-in-name", "built-in-name"]


def test_a_counterparty_is_no_fact():
    text = (
        VOCABULARY
        + "action:\n  buyer: {type: bool, means: x}\ncounterparties:\n  buyer: {of: [sell], decided_as: bye}\n"
    )
    rulebook, diagnostics = load({"rules/vocabulary.yaml": text})
    assert rulebook is None
    assert [each.slug for each in diagnostics] == ["duplicate-name", "unknown-action"]
