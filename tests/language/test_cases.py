from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.language import small
from tests.language.small import CASES, PERSONAS, found, load, loaded


def cases(text):
    return loaded({"rules/tests/test.cases.yaml": CASES + text}).cases[1:]


def more(line):
    return CASES + f"  - {{case: another, as: anna, outcome: allow, {line}}}\n"


def test_a_case_has_its_sentence_its_instant_its_outcome_and_its_file():
    case = loaded({}).cases[0]
    assert case.sentence == "who failed does not buy"
    assert case.as_of == datetime(2026, 6, 1, tzinfo=UTC)
    assert case.outcome == "incomplete"
    assert case.file == "rules/tests/test.cases.yaml"
    assert case.requirements == ("tested",)
    assert (case.grounds, case.missing, case.obligations) == (None, None, None)


def test_a_case_is_laid_over_its_persona_fact_by_fact():
    request = loaded({}).cases[0].request
    assert request["subject"] == {"type": "person", "properties": {"residence": "CH", "tested": False}}
    assert request["resource"] == {"type": "share", "id": "A"}


def test_a_case_may_leave_out_what_its_persona_gives():
    case = cases(
        "  - {case: a, as: anna, without: [subject.tested], outcome: incomplete, missing: [subject.tested]}\n"
    )[0]
    assert case.request["subject"] == {"type": "person", "properties": {"residence": "CH"}}
    assert case.missing == ("subject.tested",)


def test_a_case_may_have_an_instant_of_its_own():
    case = cases('  - {case: a, as: anna, as_of: "2027-01-01T00:00:00+01:00", outcome: allow}\n')[0]
    assert case.as_of == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_a_case_with_homes_is_a_case_at_each_of_them():
    given = cases("  - {case: a, as: anna, subject: {tested: false}, homes: [LI, 'NO'], outcome: deny}\n")
    assert [case.home for case in given] == ["LI", "NO"]
    assert [case.name for case in given] == ["a (LI)", "a (NO)"]
    assert given[1].request["subject"] == {"type": "person", "properties": {"residence": "NO", "tested": False}}
    assert len({case.span for case in given}) == 1


def test_a_case_with_homes_sets_every_fact_in_which_its_kind_is_at_home():
    changes = small.vocabulary("company: {homes: [subject.seat]}", "company: {homes: [subject.seat, subject.places]}")
    changes["rules/vocabulary.yaml"] = str(changes["rules/vocabulary.yaml"]).replace(
        "  tested:", "  places: {type: set<territory>, of: [company], means: where it does business}\n  tested:"
    )
    text = (
        "  - {case: a, as: anna, subject: {type: company}, without: [subject.residence], homes: [LI], outcome: deny}\n"
    )
    case = loaded({**changes, "rules/tests/test.cases.yaml": CASES + text}).cases[1]
    assert case.request["subject"]["properties"] == {"tested": True, "seat": "LI", "places": ["LI"]}


def test_an_empty_list_expects_nothing_and_no_list_expects_anything():
    case = cases("  - {case: a, as: anna, outcome: allow, grounds: [], missing: []}\n")[0]
    assert (case.grounds, case.missing, case.requirements) == ((), (), None)


@pytest.mark.parametrize(
    "ground",
    [
        "tested",
        "CH/law-shares/entry-permit",
        "CH/law-shares",
        "CH/law-shares/",
        "CH/",
        "CH",
        "nothing-permits",
        "no-position/shares",
        "stale-source/tested",
        "rule-error",
        "unknown-share",
        "share-mismatch",
        "action-not-for-product",
    ],
)
def test_a_ground_is_an_id_or_the_beginning_of_one_or_what_decisions_say_without_a_rule(ground):
    assert found({"rules/tests/test.cases.yaml": more(f"grounds: [{ground}]")}) == []


@pytest.mark.parametrize(
    ("line", "slug", "marked"),
    [
        ("grounds: [CH/law]", "unknown-ground", "CH/law"),
        ("grounds: [teste]", "unknown-ground", "teste"),
        ("not_grounds: [teste]", "unknown-ground", "teste"),
        ("requirements: [CH/law-shares/entry-permit]", "unknown-ground", "CH/law-shares/entry-permit"),
        ("obligations: [warn]", "unknown-ground", "warn"),
        ("missing: [subject.testet]", "unknown-fact", "subject.testet"),
        ("without: [subject.testet]", "unknown-fact", "subject.testet"),
        ("without: [subject.wealth]", "without-nothing", "subject.wealth"),
        ("subject: {testet: true}", "unknown-fact", "testet"),
        ("why: so", "unknown-key", "why"),
        ("homes: [LI, LX]", "bad-value", "LX"),
        ("homes: [LI, LI]", "duplicate-value", "LI"),
        ("homes: []", "empty-value", "[]"),
        ("homes: LI", "wrong-shape", "LI"),
        ("homes: [LI], subject: {residence: CH}", "misplaced-key", "residence"),
        ("as_of: today", "bad-date", "today"),
    ],
)
def test_what_a_case_names_and_there_is_not_is_pointed_at(line, slug, marked):
    assert found({"rules/tests/test.cases.yaml": more(line)}) == [(slug, marked)]


def test_to_leave_out_what_is_not_given_is_a_warning_and_stops_nothing():
    rulebook, diagnostics = load({"rules/tests/test.cases.yaml": more("without: [subject.wealth]")})
    assert rulebook is not None
    assert [each.severity for each in diagnostics] == ["warning"]


def test_a_case_that_does_not_say_when_it_is_is_pointed_at_unless_its_file_does():
    text = CASES.replace("as_of: 2026-06-01T00:00:00Z\n", "")
    assert found({"rules/tests/test.cases.yaml": text}) == [("missing-field", "who failed does not buy")]


def test_a_persona_that_cannot_be_read_is_no_mistake_of_its_cases():
    broken = PERSONAS.replace(
        "    subject: {type: person, residence: CH, tested: true}\n", "    subjekt: {type: person}\n"
    )
    assert ("unknown-key", "subjekt") in found({"rules/personas.yaml": broken})
    assert found({"rules/personas.yaml": "personas:\n  anna: [a]\n"}) == [("wrong-shape", "[")]


def test_a_rule_that_cannot_be_read_is_no_mistake_of_its_cases():
    from tests.language.small import RULES

    assert found({"rules/tests/test.yaml": RULES.replace("[entry]", "[entri]")}) == [("unknown-action", "entri")]


def test_cases_stand_beside_a_file():
    assert found({"rules/tests/other.cases.yaml": CASES}) == [("cases-without-file", "a")]


def test_a_persona_that_is_a_whole_request_is_kept_and_another_is_not():
    more = PERSONAS.replace("  anna:\n", "  anna:\n    means: somebody who passed the test\n")
    more += "  half:\n    subject: {type: person, tested: true}\n"
    personas = loaded({"rules/personas.yaml": more}).personas
    assert list(personas) == ["anna"]
    assert personas["anna"].means == "somebody who passed the test"
    assert personas["anna"].request["resource"] == {"type": "share", "id": "A"}
