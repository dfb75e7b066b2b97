from benchmarks.verify import fill, measure


def test_the_log_that_is_measured_is_a_good_one(tmp_path):
    url = f"sqlite:///{tmp_path}/ledger.db"
    fill(tmp_path, url, 40, indexed=True)
    found = measure(tmp_path, url)
    assert (found["good"], found["entries"], found["indexed"]) == (True, 40, 40)
    assert found["million_in_seconds"] > 0
