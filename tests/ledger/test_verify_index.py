from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from compliance.ledger import store
from compliance.ledger.search_index import index_terms
from compliance.ledger.verify_index import SPAN, differing, problems_of, stored_sums, summed
from tests.ledger.support import record

KEY = b"k" * 32


def expected(ledger):
    listed = defaultdict(list)
    for entry in ledger.reader.entries():
        for term in index_terms(entry.document):
            listed[term].append(entry.index)
    return {0: summed(listed, KEY)}


def test_the_sums_of_an_index_are_those_of_its_entries(ledger):
    for number in range(5):
        ledger.append(record(number)).result(10)
    ledger.reader.index()
    with ledger.reader._database.read() as connection:  # noqa: SLF001 - the database of the fixture
        assert stored_sums(connection, 1, KEY) == expected(ledger)
        assert list(problems_of(connection, 1, [0], 6)) == []


def test_a_row_too_many_and_a_row_that_is_missing_are_named(sqlite_ledger):
    sqlite_ledger.append(record(1)).result(10)
    sqlite_ledger.reader.index()
    database = sqlite_ledger.reader._database  # noqa: SLF001 - the database of the fixture
    with database.write() as connection:
        connection.execute(store.TERM.update().where(store.TERM.c.term == "outcome:allow").values(term="outcome:deny"))
    with database.read() as connection:
        assert differing(stored_sums(connection, 1, KEY), expected(sqlite_ledger)) == [0]
        assert list(problems_of(connection, 1, [0], 2)) == [
            ("search index, entry 1", "it is not found under `outcome:allow`"),
            ("search index, entry 1", "it is found under `outcome:deny`, which it does not say"),
        ]


def test_sums_depend_on_the_entries_the_term_and_the_key():
    one = summed({"a": [1]}, KEY)
    assert one[0] == 1
    assert one not in (summed({"a": [2]}, KEY), summed({"b": [1]}, KEY), summed({"a": [1]}, b"l" * 32))
    assert summed({"a": [1], "b": [1, 2]}, KEY) == summed({"b": [1, 2], "a": [1]}, KEY)
    # The same entries with the same terms in all, the other way round.
    assert summed({"a": [1, 4], "b": [2, 3]}, KEY) != summed({"a": [2, 3], "b": [1, 4]}, KEY)


@given(st.dictionaries(st.text(max_size=3), st.lists(st.integers(0, SPAN - 1), min_size=1, max_size=4), max_size=4))
def test_a_row_more_or_fewer_is_another_sum(listed):
    known = summed(listed, KEY)
    assert known[0] == sum(len(indexes) for indexes in listed.values())
    for term, indexes in listed.items():
        assert summed({**listed, term: indexes[1:]}, KEY) != known
        assert summed({**listed, term: [*indexes, 7]}, KEY) != known


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        ("term = CAST(term AS BLOB)", "search index, entry 1"),
        ("leaf_index = 'x'", "search index, entry x"),
        ("leaf_index = 0.5", "search index, entry 0.5"),
        ("leaf_index = -3", "search index, entry -3"),
        ("leaf_index = 5000", "search index, entry 5000"),
    ],
)
def test_rows_that_hold_something_else_than_a_text_and_the_number_of_an_entry_are_named(sqlite_ledger, edit, place):
    sqlite_ledger.append(record(1)).result(10)
    sqlite_ledger.reader.index()
    database = sqlite_ledger.reader._database  # noqa: SLF001 - the database of the fixture
    with database.write() as connection:
        connection.execute(text(f"UPDATE ledger_term SET {edit} WHERE term = 'outcome:allow'"))  # noqa: S608 - of the list
    with database.read() as connection:
        other = differing(stored_sums(connection, 1, KEY), expected(sqlite_ledger))
        problems = list(problems_of(connection, 1, other, 2))
    assert ("search index, entry 1", "it is not found under `outcome:allow`") in problems
    assert place in [each for each, _ in problems]


def test_spans_that_only_one_side_has_differ():
    assert differing({0: (1, 5), 2: (1, 1)}, {0: (1, 5), 1: (3, 3)}) == [1, 2]
    assert SPAN % 256 == 0
