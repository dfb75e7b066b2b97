from datetime import UTC, timedelta

from compliance.gate.clock import SYSTEM_CLOCK, SetClock
from tests.gate.support import NOW


def test_the_clock_of_the_machine_is_aware_and_never_goes_back_between_two_looks():
    first, second = SYSTEM_CLOCK.now(), SYSTEM_CLOCK.now()
    assert first.tzinfo is UTC
    assert first <= second


def test_a_set_clock_stands_until_it_is_set():
    clock = SetClock(NOW)
    assert clock.now() == clock.now() == NOW
    clock.instant += timedelta(days=1)
    assert clock.now() == NOW + timedelta(days=1)
