import pytest

from compliance.api.problems import Stopped
from compliance.api.queries import LIMIT, search_of


def test_everything_can_be_left_out():
    found = search_of({})
    assert (found.terms, found.subject, found.since, found.until, found.cursor, found.limit) == (
        (),
        None,
        None,
        None,
        None,
        LIMIT,
    )


def test_what_is_looked_for_is_named_as_the_index_names_it():
    assert search_of({"outcome": "deny", "rule": "us-person"}).terms == ("rule:us-person", "outcome:deny")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ([], [""]),
        ({"outcome": "denied"}, ["/outcome"]),
        ({"outcom": "deny"}, ["/outcom"]),
        ({"rule": ""}, ["/rule"]),
        ({"rule": None}, ["/rule"]),
        ({"subject": 7}, ["/subject"]),
        ({"cursor": "-1"}, ["/cursor"]),
        ({"cursor": "9" * 16}, ["/cursor"]),
        ({"limit": 0}, ["/limit"]),
        ({"limit": True}, ["/limit"]),
        ({"limit": 1001}, ["/limit"]),
        ({"since": "yesterday", "until": 1}, ["/since", "/until"]),
    ],
)
def test_what_cannot_be_looked_for_is_pointed_at(body, where):
    with pytest.raises(Stopped) as stopped:
        search_of(body)
    assert [fault.pointer for fault in stopped.value.document.faults] == where
