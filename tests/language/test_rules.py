from __future__ import annotations

import pytest

from compliance.language.rulebook import Effect, HomeScope
from tests.language.small import found, loaded

RULE = """\
rule: example
effect: forbid
actions: [entry]
says: an example
authority: [act]
"""


def rule(text=RULE):
    return next(rule for rule in loaded({"rules/extra.yaml": text}).rules if rule.id == "example")


def in_liechtenstein(text=RULE):
    return {
        "jurisdictions/LI.yaml": "jurisdiction: LI\nname: Liechtenstein\nrules:\n  - " + text.replace("\n", "\n    ")
    }


def test_a_rule_says_whom_and_what_it_is_about():
    made = rule(
        RULE.replace("[entry]", "[entry, sell]")
        + "layer: law\nsubjects: [person]\nresources: {product: shares, type: share}\nnotes: [why]\n"
    )
    assert made.effect is Effect.FORBID
    assert made.actions == frozenset({"buy", "sell"})
    assert (made.layer, made.kinds, made.product, made.resource_type) == (
        "law",
        frozenset({"person"}),
        "shares",
        "share",
    )
    assert (made.says, made.notes, made.theme) == ("an example", ("why",), "extra")
    assert str(made.span) == "rules/extra.yaml:1:7"


def test_a_rule_of_rules_looks_at_no_homes_and_a_jurisdictions_at_its_own():
    assert rule().home is None
    made = next(
        rule for rule in loaded(in_liechtenstein(RULE + "except: [LI, alps]\n")).rules if rule.id == "LI/example"
    )
    assert made.home == HomeScope("LI", ("LI", "alps"))
    assert made.jurisdiction == "LI"


def test_a_require_rule_says_what_must_be_true_and_what_to_do():
    made = rule(RULE.replace("forbid", "require") + "needs: subject.tested\nremedy: Take the test.\n")
    assert made.needs is not None
    assert made.remedy == "Take the test."


def test_an_oblige_rule_says_which_obligation():
    assert rule(RULE.replace("forbid", "oblige") + "obliges: warn\n").obligation == "warn"


@pytest.mark.parametrize(
    ("old", "new", "slug", "marked"),
    [
        ("[entry]", "[entri]", "unknown-action", "entri"),
        ("[entry]", "entry", "wrong-shape", "entry"),
        ("[act]", "[akt]", "unknown-authority", "akt"),
        ("[act]\n", "[act]\nsubjects: [trust]\n", "unknown-kind", "trust"),
        ("[act]\n", "[act]\nlayer: state\n", "unknown-layer", "state"),
        ("[act]\n", "[act]\nresources: {product: bonds}\n", "unknown-product", "bonds"),
        ("[act]\n", "[act]\nresources: {type: bond}\n", "unknown-resource-type", "bond"),
        ("[act]\n", "[act]\nresources: {kind: bond}\n", "unknown-key", "kind"),
        ("[act]\n", "[act]\nexcept: [CH]\n", "misplaced-key", "except"),
        ("[act]\n", "[act]\nremedy: none\n", "misplaced-key", "remedy"),
        ("[act]\n", "[act]\nobliges: warn\n", "misplaced-key", "obliges"),
        ("forbid\n", "oblige\nobliges: warm\n", "unknown-obligation", "warm"),
        ("forbid\n", "oblige\n", "missing-field", "example"),
        ("forbid\n", "require\nneeds: subject.tested\n", "missing-field", "example"),
        ("forbid\n", "permit\n", "", ""),
        ("forbid\n", "allow\n", "unknown-effect", "allow"),
        ("example\n", "no-position\n", "reserved-name", "no-position"),
        ("[act]\n", "[act]\nwhen: subject.testet\n", "unknown-fact", "subject.testet"),
        ("[act]\n", "[act]\nwhen: 1 + 1\n", "not-a-condition", "1 + 1"),
        ("[act]\n", "[act]\nwhen: '!subject.residence.within(\"alps\")'\n", "fact-outside-kinds", "subject.residence"),
    ],
)
def test_what_a_rule_names_and_there_is_not_is_pointed_at(old, new, slug, marked):
    assert found({"rules/extra.yaml": RULE.replace(old, new, 1)}) == ([(slug, marked)] if slug else [])


def test_memory_may_close_but_not_open():
    memory = RULE.replace("[act]", "[memory]")
    assert found({"rules/extra.yaml": memory}) == []
    assert found({"rules/extra.yaml": memory.replace("forbid", "refer")}) == []
    assert found({"rules/extra.yaml": memory.replace("forbid", "permit")}) == [("recalled-permits", "permit")]
    assert found({"rules/extra.yaml": RULE.replace("forbid", "permit").replace("[act]", "[memory, act]")}) == []


def test_a_place_that_is_excepted_must_be_one():
    assert found(in_liechtenstein(RULE + "except: [SUI]\n")) == [("unknown-place", "SUI")]


def test_one_id_may_hold_again_at_another_time_but_not_at_the_same():
    both = (
        "- "
        + (RULE + "effective: {{from: 2025-01-01, through: {}}}").replace("\n", "\n  ")
        + "\n- "
        + (RULE + "effective: {{from: 2026-01-01}}").replace("\n", "\n  ")
    )
    assert found({"rules/extra.yaml": both.format("2025-12-31")}) == []
    assert found({"rules/extra.yaml": both.format("2026-01-01")}) == [("overlapping-periods", "example")]


def test_the_rules_of_two_jurisdictions_may_have_one_id():
    files = in_liechtenstein() | {"rules/extra.yaml": RULE}
    assert found(files) == []
    assert {rule.id for rule in loaded(files).rules} >= {"example", "LI/example"}


def test_every_mistake_of_one_rule_is_reported():
    text = "rule: example\neffect: forbit\nactions: [entri]\nlayer: state\nwhen: subject.x\nsays: s\nauthority: [akt]\n"
    assert [slug for slug, _ in found({"rules/extra.yaml": text})] == [
        "unknown-effect",
        "unknown-action",
        "unknown-layer",
        "unknown-fact",
        "unknown-authority",
    ]
