import json

from tests.api.support import Client, faults, retail


def test_a_body_up_to_the_limit_is_read_and_a_longer_one_is_refused():
    client = Client()
    body = json.dumps(retail()).encode()
    assert client.post("/v1/decisions", content=body.ljust(1_000_000)).status_code == 200
    assert faults(client.post("/v1/decisions", content=body.ljust(1_000_001)), 413) == [""]


def test_ten_megabytes_are_refused_on_every_endpoint_for_one_question():
    client = Client()
    for path in ("/v1/decisions", "/access/v1/evaluation", "/access/v1/search/resource", "/access/v1/search/action"):
        faults(client.post(path, content=b" " * 10_000_000), 413)


def test_a_batch_may_be_longer():
    client = Client()
    body = json.dumps({"requests": [retail()]}).encode()
    assert client.post("/v1/decisions/batch", content=body.ljust(10_000_000)).status_code == 200
    faults(client.post("/v1/decisions/batch", content=body.ljust(16_000_001)), 413)
