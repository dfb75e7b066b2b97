from __future__ import annotations

from compliance.language.expression import DefinitionRef, walk
from compliance.vocabulary.types import BOOL, DECIMAL
from tests.language.small import found, load, loaded, only


def definition(rulebook, name, jurisdiction=None):
    return [each for each in rulebook.definitions if (each.name, each.jurisdiction) == (name, jurisdiction)]


def refs(expression):
    return [(node.name, node.jurisdiction) for node in walk(expression) if isinstance(node, DefinitionRef)]


def page(text):
    return "jurisdiction: LI\nname: Liechtenstein\n" + text


OWN = page("definitions:\n  - {define: subject.skilled, means: by law, is: has(subject.partner)}\n")
READS_SKILLED = "  - {rule: r, effect: forbid, actions: [entry], when: subject.skilled, says: s, authority: [act]}\n"


def test_a_definition_has_the_type_of_its_text():
    text = """\
- define: subject.sure
  means: an example
  is: subject.tested
- define: subject.half
  means: an example
  subjects: [company]
  is: subject.owners.sum(o, o.share) * 0.5
"""
    rulebook = loaded({"rules/extra.yaml": text})
    assert [each.type for each in definition(rulebook, "subject.sure")] == [BOOL]
    assert [each.type for each in definition(rulebook, "subject.half")] == [DECIMAL]


def test_definitions_may_stand_in_any_order():
    text = "- {define: subject.b, means: m, is: subject.a}\n- {define: subject.a, means: m, is: subject.tested}\n"
    assert found({"rules/extra.yaml": text}) == []


def test_a_jurisdictions_own_meaning_comes_first_in_its_file_and_nowhere_else():
    rulebook = loaded(
        {"jurisdictions/LI.yaml": OWN + "rules:\n" + READS_SKILLED, "rules/extra.yaml": READS_SKILLED[2:].strip()}
    )
    by_id = {rule.id: rule for rule in rulebook.rules}
    here, everywhere = by_id["LI/r"].when, by_id["r"].when
    assert here is not None
    assert everywhere is not None
    assert refs(here) == [("subject.skilled", "LI")]
    assert refs(everywhere) == [("subject.skilled", None)]


def test_a_jurisdiction_that_defines_a_name_for_some_kinds_leaves_the_others_their_meaning():
    own = OWN.replace("means: by law", "subjects: [person], means: by law")
    made = definition(loaded({"jurisdictions/LI.yaml": own}), "subject.skilled", "LI")
    assert [each.kinds for each in made] == [frozenset({"person"}), frozenset({"company"})]
    assert made[1].body == DefinitionRef("subject.skilled", None, BOOL)


def test_a_definition_may_be_given_once_per_kind():
    text = """\
- {define: subject.home_ok, subjects: [person], means: m, is: subject.residence.within("alps")}
- {define: subject.home_ok, subjects: [company], means: m, is: subject.seat.within("alps")}
- {rule: r, effect: forbid, actions: [entry], when: '!subject.home_ok', says: s, authority: [act]}
"""
    assert found({"rules/extra.yaml": text}) == []
    half = text.replace("company", "person").replace("seat", "residence")
    assert found({"rules/extra.yaml": half}) == [
        ("duplicate-definition", "subject.home_ok"),
        ("definition-outside-kinds", "subject.home_ok"),
    ]


def test_a_definition_without_a_meaning_for_a_kind_is_complained_about_where_a_rule_reads_it():
    text = """\
- {define: subject.home_ok, subjects: [person], means: m, is: subject.residence.within("alps")}
- {rule: r, effect: forbid, actions: [entry], when: subject.home_ok, says: s, authority: [act]}
"""
    assert found({"rules/extra.yaml": text}) == [("definition-outside-kinds", "subject.home_ok")]
    assert found({"rules/extra.yaml": text.replace("actions:", "subjects: [person], actions:")}) == []


def test_a_circle_is_reported_edge_by_edge_and_once():
    text = """\
- {define: subject.a, means: m, is: subject.b}
- {define: subject.b, means: m, is: subject.c || subject.tested}
- {define: subject.c, means: m, is: '!subject.a'}
- {rule: r, effect: forbid, actions: [entry], when: subject.a, says: s, authority: [act]}
"""
    circle = only({"rules/extra.yaml": text})
    assert circle.slug == "definition-cycle"
    assert [str(circle.span), *(str(note.span) for note in circle.notes)] == [
        "rules/extra.yaml:1:37",
        "rules/extra.yaml:2:37",
        "rules/extra.yaml:3:39",
    ]
    assert [note.says for note in circle.notes] == ["`subject.b` needs `subject.c`", "`subject.c` needs `subject.a`"]


def test_a_definition_that_names_itself_is_a_circle():
    assert found({"rules/extra.yaml": "{define: subject.a, means: m, is: subject.a}"}) == [
        ("definition-cycle", "subject.a")
    ]


def test_a_jurisdictions_meaning_may_not_be_made_of_the_same_name():
    own = OWN.replace("is: has(subject.partner)", "is: subject.skilled")
    assert [slug for slug, _ in found({"jurisdictions/LI.yaml": own})] == ["definition-cycle"]


def test_a_broken_definition_is_said_once_however_often_it_is_named():
    text = """\
- {define: subject.a, means: m, is: subject.testet}
- {define: subject.b, means: m, is: subject.a && subject.a}
- {rule: r, effect: forbid, actions: [entry], when: subject.b || subject.a, says: s, authority: [act]}
"""
    assert found({"rules/extra.yaml": text}) == [("unknown-fact", "subject.testet")]


def test_a_definition_holds_in_its_period_and_between_its_periods_lies_no_gap():
    text = """\
- {define: subject.a, means: m, is: subject.tested, effective: {through: 2025-12-31}}
- {define: subject.a, means: m, is: 'true || subject.tested', effective: {from: 2026-02-01}}
"""
    assert [slug for slug, _ in found({"rules/extra.yaml": text})] == ["period-gap"]
    meant = text.replace("from: 2026-02-01", "from: 2026-01-01").replace(
        "'true || subject.tested'", "has(subject.partner)"
    )
    ends = [each.effective for each in definition(loaded({"rules/extra.yaml": meant}), "subject.a")]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0].end == ends[1].start


def test_the_meanings_of_a_name_are_of_one_type():
    own = OWN.replace("is: has(subject.partner)", "subjects: [person], is: 1 + 1")
    rulebook, diagnostics = load({"jurisdictions/LI.yaml": own})
    assert rulebook is None
    assert [each.slug for each in diagnostics] == ["types-differ"]
