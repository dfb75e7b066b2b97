"""What nobody has read opens nothing, however far behind the permit it stands; a person may decide on it."""

import pytest

from tests.language.small import found

SKILLED = """\
define: subject.skilled
means: passed the test
is: subject.tested
authority: [memory]
"""
CHAIN = """\
- define: subject.skilled
  means: well prepared
  is: subject.prepared
  authority: [act]
- define: subject.prepared
  means: passed the test
  is: subject.tested
  authority: [memory]
"""
SWISS = """\
jurisdiction: CH
name: Switzerland
positions:
  - {layer: law, product: shares, access: skilled, effective: {from: 2026-01-01}, authority: [act]}
"""
REVIEW = "  - {layer: venue, product: shares, access: watched, effective: {from: 2026-01-01}, authority: [act]}\n"
CLOSED = SWISS.replace("access: skilled", "access: closed")


def opening(**files):
    paths = {"skill": "rules/skill.yaml", "swiss": "jurisdictions/CH.yaml", "extra": "rules/extra.yaml"}
    return [each for each in found({paths[name]: text for name, text in files.items()}) if each[0] == "recalled-opens"]


def test_a_permit_that_rests_on_memory_is_refused_at_what_is_remembered():
    assert opening(skill=SKILLED) == [("recalled-opens", "subject.skilled")]


def test_so_it_is_behind_another_definition():
    assert opening(skill=CHAIN) == [("recalled-opens", "subject.prepared")]


@pytest.mark.parametrize("sources", ["[act]", "[memory, act]", "[house]"])
def test_what_was_read_or_decided_may_open(sources):
    assert opening(skill=SKILLED.replace("[memory]", sources)) == []


def test_a_decision_of_the_house_is_no_reading():
    assert opening(skill=SKILLED.replace("[memory]", "[memory, house]")) == [("recalled-opens", "subject.skilled")]


def test_what_is_remembered_may_close():
    assert opening(skill=SKILLED, swiss=CLOSED) == []
    forbid = "rule: f\neffect: forbid\nactions: [entry]\nwhen: '!subject.skilled'\nsays: s\nauthority: [act]\n"
    assert opening(skill=SKILLED, swiss=CLOSED, extra=forbid) == []


def test_it_may_open_where_a_person_decides_on_all_of_it():
    assert opening(skill=SKILLED, swiss=SWISS + REVIEW) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from: 2026-01-01", "from: 2026-01-02"),
        ("authority: [act]}", "when: subject.tested, authority: [act]}"),
        ("access: watched", "access: open"),
    ],
)
def test_not_where_he_decides_on_a_part_of_it(old, new):
    assert opening(skill=SKILLED, swiss=SWISS + REVIEW.replace(old, new)) == [("recalled-opens", "subject.skilled")]


def test_a_referral_for_everybody_is_one_too():
    refer = "rule: looked-at\neffect: refer\nactions: [entry]\nsays: s\nauthority: [house]\n"
    assert opening(skill=SKILLED, extra=refer) == []
    assert opening(skill=SKILLED, extra=refer + "subjects: [person]\n") == [("recalled-opens", "subject.skilled")]


def test_what_ended_before_the_permit_began_opens_nothing():
    dated = "effective: {{{}}}\n"
    ended = SKILLED + dated.format("through: 2025-12-31") + "gaps: none of it matters\n"
    now = SKILLED.replace("[memory]", "[act]") + dated.format("from: 2026-01-01") + "gaps: none of it matters\n"
    both = "".join("- " + text.replace("\n", "\n  ").rstrip() + "\n" for text in (ended, now))
    assert opening(skill=both, swiss=SWISS) == []
    assert opening(skill=both, swiss=SWISS.replace("from: 2026-01-01", "from: 2025-01-01")) == [
        ("recalled-opens", "subject.skilled")
    ]


def test_a_remembered_list_of_a_group_within_the_group_opens_nothing():
    inner = "group: inner\nmeans: a part\nmembers:\n  - {of: [SI], authority: [memory]}\n"
    outer = (
        "group: alps\nmeans: the high places\nmembers:\n  - {of: [AT, inner], authority: [house]}\npositions:\n"
        "  - {layer: venue, product: shares, access: open, authority: [house]}\n"
    )
    files = {"jurisdictions/groups/inner.yaml": inner, "jurisdictions/groups/alps.yaml": outer}
    assert ("recalled-opens", "of") in found(files)


def test_each_thing_is_complained_about_once_however_many_permits_rest_on_it():
    second = SWISS + SWISS.splitlines()[-1].replace("law", "venue") + "\n"
    assert len(opening(skill=SKILLED, swiss=second)) == 1
