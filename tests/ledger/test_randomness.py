import os
import threading

import pytest

from compliance.ledger.randomness import random_bytes


@pytest.mark.parametrize("count", [0, 1, 12, 44, 8192, 20_000])
def test_as_many_bytes_come_as_are_asked_for(count):
    assert len(random_bytes(count)) == count


def test_no_bytes_come_twice_from_any_thread():
    found: list[bytes] = []

    def take():
        found.extend([random_bytes(16) for _ in range(2_000)])

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == len(found) == 8_000


def test_a_process_that_parts_does_not_take_what_the_other_takes():
    random_bytes(1)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, random_bytes(16))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 16) != random_bytes(16)
    os.close(reading)
    os.close(writing)
