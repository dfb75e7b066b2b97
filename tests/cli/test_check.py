"""A rulebook is checked whole: mistakes, cases, counts; and the exit code says whether it holds."""

import pytest

from compliance.cli.exits import Exit
from tests.cli.support import TINY, copy_of_tiny, run

READING = "rules/access/reading.yaml"
CASES = "rules/access/reading.cases.yaml"


@pytest.fixture
def book(tmp_path):
    return copy_of_tiny(tmp_path)


def edit(book, path, before, after):
    file = book / path
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))


def test_a_rulebook_that_holds_is_fine():
    done = run("check", TINY)
    assert done.code == Exit.FINE
    assert "the rulebook holds: 11 cases pass" in done.out


def test_every_mistake_is_shown_at_once(book):
    edit(book, READING, "subject.may_know", "subject.may_knw")
    edit(book, READING, 'resource.secrecy == "secret"', 'resource.secrecy == "secrt"')
    done = run("check", book)
    assert done.code == Exit.PROBLEMS
    assert f"{READING}:4:" in done.out
    assert "did you mean `secret`" in done.out
    assert "2 errors" in done.out


def test_a_rule_without_a_case_fails_and_the_other_cases_are_run_all_the_same(book):
    edit(book, CASES, "grounds: [secret-stays-inside]", "grounds: [readers]")
    done = run("check", book)
    assert done.code == Exit.PROBLEMS
    assert "error[rule-without-case]" in done.out
    assert "error[case-fails]: no robot reads a secret document" in done.out
    assert "`readers` is not among the grounds: `secret-stays-inside`" in done.out


def test_a_case_that_fails_says_where_it_stands(book):
    edit(book, CASES, "outcome: deny", "outcome: allow")
    done = run("check", book)
    assert done.code == Exit.PROBLEMS
    assert f"  {CASES}:20:11" in done.out
    assert "the outcome is `deny`, not `allow`" in done.out
    assert "1 of 11 cases do not hold" in done.out


def test_json_says_the_same(book):
    edit(book, CASES, "outcome: deny", "outcome: allow")
    done = run("check", book, "--json")
    assert done.code == Exit.PROBLEMS
    assert done.json["ok"] is False
    assert done.json["failures"][0]["problems"] == ["the outcome is `deny`, not `allow`"]
    assert done.json["diagnostics"] == []


def test_json_of_a_rulebook_that_holds_has_its_digest_and_counts():
    document = run("check", TINY, "--json").json
    assert document["ok"] is True
    assert document["digest"].startswith("sha256:")
    assert document["counts"]["cases"] == 11
    assert "intake" not in document


def test_the_intake_list_is_printed_when_asked_for():
    done = run("check", TINY, "--intake")
    assert "subject.clearance" in done.out
    assert run("check", TINY, "--intake", "--json").json["intake"]


def test_a_folder_that_is_not_there_is_bad_input(tmp_path):
    assert run("check", tmp_path / "nowhere").code == Exit.BAD_INPUT


def test_a_review_date_that_passed_is_warned_about_and_no_failure(book):
    edit(book, READING, "effect: forbid", "review_by: 2025-01-31\n  effect: forbid")
    done = run("check", book)
    assert done.code == Exit.FINE
    assert "warning[expired-review]" in done.out
    assert "had to be read again by 2025-01-31" in done.out


def test_a_country_without_a_case_is_a_problem_where_all_are_demanded():
    assert run("check", TINY, "--json").json.get("countries_without_a_case") is None
    done = run("check", TINY, "--places", "--json")
    assert done.code == Exit.PROBLEMS
    assert (done.json["ok"], done.json["failures"]) == (False, [])
    assert len(done.json["countries_without_a_case"]) == 249


def test_countries_without_a_case_are_printed():
    done = run("check", TINY, "--places")
    assert "249 countries of ISO 3166-1 without a case:" in done.out
    assert " AD, AE, AF," in done.out


def test_every_country_has_a_case_in_the_shipped_rulebook():
    done = run("check", "--places", "--json")
    assert (done.code, done.json["countries_without_a_case"]) == (Exit.FINE, [])
