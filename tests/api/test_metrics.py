import re

from compliance.api.metrics import Metrics
from tests.api.support import Client, gate, retail


def test_no_text_of_a_client_becomes_a_label():
    client = Client()
    body = retail("levitate-7781", residence="MX") | {"resource": {"type": "spaceship-7782", "id": "id-7783"}}
    body["subject"]["id"] = "customer-7784"
    client.post("/access/v1/evaluation", json=body, headers={"X-Request-ID": "trace-7785"})
    client.get("/private/7786")
    text = client.get("/metrics").text
    sent = ("levitate-7781", "spaceship-7782", "id-7783", "customer-7784", "trace-7785", "/private")
    assert [word for word in sent if word in text] == []
    assert 'action="unknown"' in text
    assert 'route="other",status="404"' in text


def test_requests_are_counted_by_route_and_status():
    client = Client()
    client.post("/v1/decisions", json=retail())
    client.post("/v1/decisions", content=b"{")
    text = client.get("/metrics").text
    assert 'compliance_requests_total{route="/v1/decisions",status="200"} 1.0' in text
    assert 'compliance_requests_total{route="/v1/decisions",status="400"} 1.0' in text
    assert 'compliance_request_seconds_count{route="/v1/decisions"} 2.0' in text


def test_answers_are_counted_by_how_long_they_took():
    metrics = Metrics()
    for seconds in (0.0001, 0.0005, 0.003, 60):
        metrics.request("/v1/decisions", 200, seconds)
    text = metrics.exposition(gate().shelf.current).decode()
    buckets = dict(re.findall(r'compliance_request_seconds_bucket\{le="([^"]+)",route="/v1/decisions"\} (\S+)', text))
    assert (buckets["0.0005"], buckets["0.002"], buckets["0.005"], buckets["5.0"]) == ("2.0", "2.0", "3.0", "3.0")
    assert buckets["+Inf"] == "4.0"
    assert 'compliance_request_seconds_count{route="/v1/decisions"} 4.0' in text
    assert re.search(r'compliance_request_seconds_sum\{route="/v1/decisions"\} 60\.003', text)


def test_decisions_are_counted_by_action_outcome_and_whether_they_bind():
    client = Client()
    for body in (retail(), retail(residence="US"), {**retail(), "as_of": "2030-01-01T00:00:00Z"}):
        client.post("/v1/decisions", json=body)
    text = client.get("/metrics").text
    assert 'compliance_decisions_total{action="buy",binding="true",outcome="allow"} 1.0' in text
    assert 'compliance_decisions_total{action="buy",binding="true",outcome="deny"} 1.0' in text
    assert 'action="buy",binding="false"' in text
