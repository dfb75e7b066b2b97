"""A request is answered as the service would answer it, and the exit code says how."""

import json

import pytest

from compliance.cli.exits import Exit
from tests.cli.support import NOW, TINY, ask, reading, run


def writing(size=10, **properties):
    return reading(**properties) | {"action": {"name": "write", "properties": {"size": size}}}


@pytest.mark.parametrize("command", ["decide", "explain"])
@pytest.mark.parametrize(
    ("request_", "outcome", "code"),
    [
        (reading(), "allow", 0),
        (reading(clearance="none"), "deny", 3),
        (writing(9000, trained_on="2026-02-01"), "refer", 4),
        (reading(clearance=None), "incomplete", 5),
    ],
)
def test_each_outcome_has_its_exit_code(command, request_, outcome, code):
    done = ask(request_, command=command)
    assert done.out.startswith(outcome.upper())
    assert done.code == code


def test_json_is_what_the_service_would_answer():
    answer = ask(reading(), "--json").json
    assert answer["outcome"] == "allow"
    assert answer["as_of"] == NOW
    assert answer["grounds"][0]["rule"] == "readers"
    assert answer["grounds"][0]["authority"][0]["standing"] == "quoted"


def test_what_the_command_line_decides_binds_nobody():
    assert ask(reading(), "--json").json["binding"] is False
    assert (
        json.loads(run("decide", "-", "--rulebook", TINY, "--json", stdin=json.dumps(reading())).out)["binding"]
        is False
    )


def test_the_request_may_say_its_own_instant():
    request = writing(1001, trained_on="2026-02-01") | {"as_of": "2025-06-01T09:00:00Z"}
    done = run("decide", "-", "--rulebook", TINY, "--json", stdin=json.dumps(request))
    assert done.json["outcome"] == "refer"


def test_an_instant_on_the_command_line_goes_before_that_of_the_request():
    request = writing(1001, trained_on="2026-02-01") | {"as_of": "2025-06-01T09:00:00Z"}
    assert ask(request, "--json").json["outcome"] == "allow"


def test_every_problem_names_its_field_and_what_may_be_meant():
    request = reading(clearance="secrt", departmnt="x")
    done = ask(request)
    assert done.code == Exit.BAD_INPUT
    assert "/subject/properties/clearance: `secrt`" in done.err
    assert "did you mean `secret`" in done.err
    assert "/subject/properties/departmnt" in done.err


def test_problems_as_json_have_pointers():
    problems = ask(reading(clearance=7), "--json").json["problems"]
    assert [problem["pointer"] for problem in problems] == ["/subject/properties/clearance"]


@pytest.mark.parametrize("body", [[], None, "buy", 7, {}, {"subject": []}])
def test_what_is_no_request_is_bad_input(body):
    done = ask(body)
    assert done.code == Exit.BAD_INPUT
    assert done.out == ""


def test_a_rulebook_that_does_not_compile_decides_nothing(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "vocabulary.yaml").write_text("actions: 7\n")
    done = run("decide", "-", "--rulebook", tmp_path, stdin=json.dumps(reading()))
    assert done.code == Exit.PROBLEMS
    assert "rules/vocabulary.yaml" in done.err
    assert done.out == ""
