"""`rules/edges.yaml` lists edges that no case can show, each once and with why."""

import pytest

from tests.language.small import found, loaded

LISTED = """\
unobservable:
  - because: nothing was offered then
    edges:
      - "the rule `tested`: from 2026-01-01, a day earlier"
      - "the rule `tested`: from 2026-01-01, a day later"
"""


def test_each_edge_has_the_reason_that_it_stands_under():
    listed = loaded({"rules/edges.yaml": LISTED}).unobservable
    assert [each.edge for each in listed] == [
        "the rule `tested`: from 2026-01-01, a day earlier",
        "the rule `tested`: from 2026-01-01, a day later",
    ]
    assert {each.because for each in listed} == {"nothing was offered then"}
    assert [each.span.line for each in listed] == [4, 5]


def test_without_the_file_there_is_none():
    assert loaded({}).unobservable == ()


@pytest.mark.parametrize(
    ("old", "new", "slug"),
    [
        ("because:", "why:", "unknown-key"),
        ("a day later", "a day earlier", "duplicate-name"),
        ("  - because: nothing was offered then\n    edges:", "  - edges:", "missing-field"),
        ("unobservable:", "edges:", "unknown-key"),
    ],
)
def test_what_is_wrong_with_the_list_is_said(old, new, slug):
    assert slug in {name for name, _ in found({"rules/edges.yaml": LISTED.replace(old, new)})}
