from __future__ import annotations

from datetime import date

from compliance.language.authorities import only_recalled
from compliance.vocabulary.authority import Authority, Standing
from tests.language.small import found, loaded

RULE = """\
rule: example
effect: forbid
actions: [entry]
says: an example
authority: {}
"""


def authorities(cited):
    rules = loaded({"rules/extra.yaml": RULE.format(cited)}).rules
    return next(rule.authority for rule in rules if rule.id == "example")


ACT = Authority("Act", date(2026, 1, 1), Standing.QUOTED, "Art. 1", "https://law.example/act")


def test_a_name_is_the_source_that_it_names():
    assert authorities("[act]") == (ACT,)


def test_a_name_may_stand_alone():
    assert authorities("act") == (ACT,)


def test_a_use_of_a_source_has_an_article_of_its_own_or_that_of_the_source():
    assert authorities("[{use: act, article: Art. 9}]")[0].article == "Art. 9"
    assert authorities("[{use: act}]")[0].article == "Art. 1"


def test_a_source_may_be_stated_where_it_is_cited():
    stated = "[{title: Letter, reviewed_on: 2026-02-03, standing: house, href: docs/policy/letter.md}, act]"
    assert authorities(stated) == (
        Authority("Letter", date(2026, 2, 3), Standing.HOUSE, None, "docs/policy/letter.md"),
        ACT,
    )


def test_a_file_of_jurisdictions_may_state_sources_of_its_own_that_others_do_not_see():
    own = "authorities:\n  local: {title: Local act, reviewed_on: 2026-01-01, standing: quoted}\n"
    page = "jurisdiction: LI\nname: Liechtenstein\nauthority: [local]\n"
    rulebook = loaded({"jurisdictions/LI.yaml": page + own})
    assert [each.title for each in rulebook.jurisdictions["LI"].authority] == ["Local act"]
    files = {"jurisdictions/LI.yaml": page + own, "rules/extra.yaml": RULE.format("[local]")}
    assert found(files) == [("unknown-authority", "local")]


def test_citing_a_source_that_could_not_be_read_is_no_second_mistake():
    broken = "authorities:\n  house: {title: Decision, reviewed_on: 2026-01-01, standing: house}\n  act: nothing\n"
    assert {slug for slug, _ in found({"rules/authorities.yaml": broken + "  memory: {}\n"})} == {
        "wrong-shape",
        "missing-field",
        "authority-without-date",
        "authority-without-standing",
    }


def test_only_memory_is_only_recalled_and_nothing_at_all_is_not():
    memory = Authority("Somebody", date(2026, 1, 1), Standing.RECALLED)
    assert only_recalled([memory])
    assert not only_recalled([memory, ACT])
    assert not only_recalled([])
