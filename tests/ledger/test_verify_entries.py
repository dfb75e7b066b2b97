import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.ledger.merkle import leaf_hash, reader_of, root
from compliance.ledger.search_index import index_terms
from compliance.ledger.verify_entries import _read, _Searched, _terms, examine, spans
from compliance.ledger.verify_index import SPAN
from tests.ledger.support import RULESET, record


@pytest.fixture
def archive(sqlite_ledger):
    for number in range(9):
        sqlite_ledger.append(record(number)).result(10)
    return sqlite_ledger.reader


def test_a_span_is_a_tree_of_its_own(archive):
    (span,) = spans(1, 10, [4, 7], 0, b"k")
    with archive._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        found = examine(connection, archive._subjects, span)  # noqa: SLF001
    leaves = [leaf_hash(entry.body) for entry in archive.entries()]
    assert found.root == root(10, reader_of(leaves))
    assert found.roots == {size: root(size, reader_of(leaves)) for size in (4, 7)}
    assert (found.opened, found.unread, found.problems, found.rulesets) == (10, 0, [], {RULESET})
    assert found.times[10] == archive.entry(9).document["recorded_at"]


def test_an_entry_that_is_not_there_is_named_and_the_others_keep_their_place(archive):
    (span,) = spans(1, 12, [], 0, b"k")
    with archive._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        found = examine(connection, None, span)
    assert found.problems == [("entry 10", "it is missing"), ("entry 11", "it is missing")]
    assert found.unread == 10


@given(st.integers(0, 3 * SPAN + 5), st.lists(st.integers(0, 3 * SPAN + 9), max_size=8))
def test_spans_cover_every_entry_and_every_size_once(size, sizes):
    made = list(spans(1, size, sizes, 0, b"k"))
    assert [index for span in made for index in (span.start, span.end)] == sorted(
        [*range(0, size, SPAN), *range(SPAN, size, SPAN), *([size] if size else [])]
    )
    assert [each for span in made for each in span.sizes] == [each for each in sorted(set(sizes)) if 0 < each <= size]


class Watched(dict):
    """A public part that notes which names are asked for."""

    def __init__(self, known):
        super().__init__(known)
        self.asked = set()

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name):
        self.asked.add(name)
        return super().__getitem__(name)


def test_of_a_public_part_everything_is_read_that_it_is_searched_by():
    public = Watched(
        {
            "id": "d",
            "outcome": "deny",
            "action": "buy",
            "resource": {"id": "AAPLx"},
            "territories": ["CH"],
            "rules": ["a"],
            "grounds": [{"rule": "b"}],
        }
    )
    found = index_terms({"public": public, "kind": "decision", "subject": None, "ruleset": ""})
    assert len(found) == 7
    assert public.asked == {"outcome", "action", "resource", "territories", "rules", "grounds"}
    assert public.asked == set(_Searched.__struct_fields__) - {"id"}


def test_an_entry_that_cannot_be_searched_for_is_found_under_nothing():
    public = b'{"grounds":5,"id":null}'
    body = b'{"kind":"decision","personal":{"ciphertext":"","commitment":""},"public":%b,"recorded_at":"","ruleset":"","subject":null}'
    assert _terms(_read(body % public, searched=True)) == set()
    assert _terms(_read(body % b"{}", searched=True)) == {"kind:decision"}
    assert _read(body % b"[]", searched=True) is _read(body % b"[]", searched=False) is None
