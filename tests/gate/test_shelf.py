from datetime import timedelta

from compliance.gate.shelf import Shelf, Trouble
from tests.gate.support import NOW, shipped, tiny

LATER = NOW + timedelta(minutes=1)


def test_a_look_at_the_shelf_stays_what_it_was_when_the_book_is_swapped():
    shelf = Shelf(shipped(), NOW)
    before = shelf.current
    shelf.put(tiny(), LATER)
    assert before.book is shipped()
    assert (shelf.current.book, shelf.current.loaded_at) == (tiny(), LATER)


def test_what_was_read_from_a_folder_is_unpublished():
    assert Shelf(shipped(), NOW).current.status == "unpublished"


def test_trouble_keeps_the_book_and_goes_with_the_next_one():
    shelf = Shelf(shipped(), NOW)
    shelf.keep(Trouble(LATER, "the rulebook has 2 errors"))
    assert shelf.current.book is shipped()
    assert shelf.current.trouble is not None
    shelf.put(tiny(), LATER)
    assert shelf.current.trouble is None
