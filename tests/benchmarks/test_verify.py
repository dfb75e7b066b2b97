from benchmarks.verify import fill, measure


def test_the_log_that_is_measured_is_a_good_one(tmp_path):
    fill(tmp_path, 40, indexed=True)
    found = measure(tmp_path)
    assert (found["good"], found["entries"], found["indexed"]) == (True, 40, 40)
    assert found["million_in_seconds"] > 0
