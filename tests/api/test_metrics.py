from tests.api.support import Client, retail


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
