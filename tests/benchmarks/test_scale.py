"""What is measured of a large rulebook is what is said."""

from rich.console import Console

from benchmarks.scale import INSTRUMENTS, Row, instruments, least, show
from compliance.engine.loading import load_book


def test_a_thousand_instruments_are_not_all_alike():
    made = instruments(load_book()).rulebook.catalogue["instrument"]
    assert len(made) == INSTRUMENTS
    assert len({entry.product for entry in made.values()}) >= 3
    told_apart = {(entry.product, entry.facts.get("resource.asset_class")) for entry in made.values()}
    assert len(told_apart) >= 8
    mints = [entry.facts["resource.mint"] for entry in made.values() if "resource.mint" in entry.facts]
    assert len(set(mints)) == len(mints)


def test_the_least_of_several_is_taken():
    done = []
    assert least(lambda: done.append(sum(range(1_000))), 3) >= 0
    assert len(done) == 3


def test_a_figure_that_is_not_reached_is_marked():
    console = Console(record=True, width=120)
    assert not show(console, [Row("one", "1 ms", "2 ms", holds=True), Row("other", "3 ms", "2 ms", holds=False)])
    lines = console.export_text().splitlines()
    assert [("not reached" in line) for line in lines if "ms" in line] == [False, True]
