import pytest

from benchmarks.memory import asked, measure, resident, summary


def test_growth_counts_from_a_third_of_the_decisions_on():
    points = [{"decisions": 10 * n, "mb": mb, "seconds": float(n)} for n, mb in enumerate((50.0, 80, 99, 100, 101))]
    found = summary(points)
    assert (found["decisions"], found["decisions_per_second"], found["grown_mb"]) == (40, 10, 2.0)
    assert found["grown_mb_per_million"] == 100_000.0


def test_no_customer_orders_twice_and_every_tenth_has_a_key():
    orders = [each for together in asked(450) for each in together]
    assert len(orders) == 450
    assert len({each.raw for each in orders}) == 450
    assert sum(each.key is not None for each in orders) == 45
    assert resident() > 10


@pytest.mark.soak
def test_memory_is_flat_once_the_caches_are_full(tmp_path):
    """Caches fill up over the first 150,000 decisions or so; a leak of a kilobyte a decision would be 160 MB."""
    found = measure(tmp_path, 250_000, 3_600, cache_limit=2_000)
    print(found)
    assert found["decisions"] == 250_000
    assert found["grown_mb"] < 40
