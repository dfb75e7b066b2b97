"""What a request's outside must be: parts, names and types, each mistake at its place."""

from __future__ import annotations

import pytest

from compliance.engine.envelope import Problem, RequestRefused, near, read_envelope
from tests.engine.small_venue import VOCABULARY, body


def pointers(given: object, *, strict: bool = True) -> list[str]:
    return [problem.pointer for problem in read_envelope(given, VOCABULARY, strict=strict).problems]


def test_the_four_parts_are_taken_apart_and_the_facts_inside_stay_unread() -> None:
    made = read_envelope(body(context__location="not a place"), VOCABULARY, strict=True)
    assert (made.kind, made.subject_id, made.action) == ("person", "p-1", "buy")
    assert (made.resource_type, made.resource_id) == ("instrument", "AAPLx")
    assert (made.subject, made.context) == ({"residence": "BR"}, {"location": "not a place"})
    assert (made.problems, made.refused, made.ignored) == ([], None, [])


@pytest.mark.parametrize("given", [None, [], "x", 1, True])
def test_a_request_that_is_no_object_is_a_problem_of_the_whole(given: object) -> None:
    assert pointers(given) == [""]


def test_every_missing_part_is_named_at_once() -> None:
    assert pointers({}) == ["/subject", "/action", "/resource"]


def test_a_part_that_is_no_object_is_a_problem_once() -> None:
    assert pointers(body(subject="p-1", context=None, action__properties=None)) == [
        "/subject",
        "/action/properties",
        "/context",
    ]


@pytest.mark.parametrize("strict", [True, False])
def test_an_empty_part_lacks_its_names(strict: bool) -> None:
    assert pointers(body(action={}), strict=strict) == ["/action/name"]


def test_a_missing_name_is_told_beside_other_problems() -> None:
    given = body(subject={"type": "person", "kind": "x"}, action={"nam": "buy"}, resource={"type": "instrument"})
    assert pointers(given) == ["/subject/kind", "/action/nam", "/action/name", "/resource/id"]


@pytest.mark.parametrize("name", ["", "x" * 1001, "a\nb", 7, None])
def test_an_id_is_a_short_printable_text(name: object) -> None:
    assert pointers(body(resource__id=name)) == ["/resource/id"]


def test_a_subject_needs_an_id_only_where_authzen_says_so() -> None:
    given = body(subject={"type": "person"})
    assert pointers(given) == []
    assert pointers(given, strict=False) == ["/subject/id"]


def test_an_unknown_name_is_a_problem_with_what_may_have_been_meant() -> None:
    found = read_envelope(body(subjet={}), VOCABULARY, strict=True).problems
    assert found == [Problem("/subjet", "`subjet` is not a name here", "did you mean `subject`?")]


def test_an_unknown_name_is_ignored_and_listed_where_authzen_says_so() -> None:
    made = read_envelope(body(trace="1", subject__role="admin"), VOCABULARY, strict=False)
    assert (made.problems, made.ignored) == ([], ["/trace", "/subject/role"])


@pytest.mark.parametrize(
    ("part", "name", "ground"),
    [
        ("subject", "type", "unknown-subject-type"),
        ("action", "name", "unknown-action"),
        ("resource", "type", "unknown-resource-type"),
    ],
)
def test_an_unknown_type_or_action_is_a_problem_or_the_ground_of_a_deny(part: str, name: str, ground: str) -> None:
    given = body(**{f"{part}__{name}": "nonsense"})
    assert pointers(given) == [f"/{part}/{name}"]
    lenient = read_envelope(given, VOCABULARY, strict=False)
    assert (lenient.problems, lenient.refused) == ([], ground)


def test_a_pointer_escapes_what_the_client_wrote_and_shortens_it() -> None:
    assert pointers(body(**{"a/b~c": 1})) == ["/a~1b~0c"]
    assert pointers(body(**{"x" * 100: 1})) == ["/" + "x" * 57 + "..."]


def test_a_name_in_the_wrong_case_is_recognised() -> None:
    assert near("BUY", ("buy", "sell")) == "did you mean `buy`?"


def test_a_name_like_none_gets_a_few_that_are_known() -> None:
    assert near("zzz", ("buy", "sell")) == "known: `buy`, `sell`"
    assert near("zzz", [f"name{number}" for number in range(20)]).endswith(" ...")
    assert near("zzz", ()) == ""


def test_a_refusal_says_every_problem_in_one_line() -> None:
    refused = RequestRefused([Problem("/a", "one"), Problem("/b", "two")])
    assert str(refused) == "/a: one; /b: two"
