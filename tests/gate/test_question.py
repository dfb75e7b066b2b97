from datetime import UTC, datetime, timedelta

import pytest

from compliance.gate.question import instant_of, read_question
from compliance.vocabulary.reading import Refused
from tests.gate.support import NOW

EARLIER = NOW - timedelta(hours=1)


def test_a_request_without_instants_binds_and_is_left_as_it_is():
    body = {"subject": {}}
    question = read_question(body, NOW, EARLIER)
    assert question.body is body
    assert question.binding


def test_as_of_is_taken_out_and_makes_a_what_if():
    question = read_question({"as_of": "2027-01-01T00:00:00+01:00", "x": 1}, NOW, EARLIER)
    assert question.as_of == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert question.body == {"x": 1}
    assert not question.binding


@pytest.mark.parametrize(
    "text", ["now", "2026-10-05", "2026-10-05T12:00:00", 1, None, [], "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"]
)
def test_an_instant_that_is_none_is_a_problem_at_its_name(text):
    question = read_question({"as_of": text}, NOW, EARLIER)
    assert [problem.pointer for problem in question.problems] == ["/as_of"]
    assert not question.problems[0].message.endswith(".")


@pytest.mark.parametrize("text", ["2026-10-05T10:59:59Z", "2026-10-05T12:00:01Z"])
def test_what_was_known_before_the_rulebook_was_loaded_or_will_be_is_not_kept(text):
    assert [problem.pointer for problem in read_question({"known_at": text}, NOW, EARLIER).problems] == ["/known_at"]


def test_what_is_not_an_object_is_left_to_the_decoder():
    assert read_question([1], NOW, EARLIER).body == [1]


def test_an_instant_centuries_away_is_refused():
    with pytest.raises(Refused):
        instant_of("2200-01-01T00:00:00Z")
