from compliance.ledger import store
from compliance.ledger.reading import index_terms
from compliance.ledger.verify_index import SPAN, differing, problems_of, stored_sums, summed
from tests.ledger.support import record

KEY = b"k" * 32


def expected(ledger):
    parts = [summed(entry.index, index_terms(entry.document), KEY) for entry in ledger.reader.entries()]
    return {0: (sum(count for count, _ in parts), sum(total for _, total in parts) % 2**64)}


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


def test_sums_depend_on_the_entry_the_term_and_the_key():
    one = summed(1, ["a"], KEY)
    assert one not in (summed(2, ["a"], KEY), summed(1, ["b"], KEY), summed(1, ["a"], b"l" * 32))
    assert summed(1, ["a", "b"], KEY) == summed(1, ["b", "a"], KEY)


def test_spans_that_only_one_side_has_differ():
    assert differing({0: (1, 5), 2: (1, 1)}, {0: (1, 5), 1: (3, 3)}) == [1, 2]
    assert SPAN % 256 == 0
