from datetime import timedelta

from compliance.gate.shelf import Trouble
from tests.api.support import NOW, Client, retail


def test_the_service_lives():
    assert Client().get("/healthz").json() == {"status": "ok"}


def test_readiness_says_what_answers_and_that_nothing_is_recorded():
    made = Client().get("/readyz").json()
    assert made["status"] == "ready"
    assert made["recording"] is False
    assert made["ruleset"]["status"] == "unpublished"
    assert made["edit_refused"] is None


def test_readiness_says_why_an_edit_is_not_taken():
    client = Client()
    client.gate.shelf.keep(Trouble(NOW + timedelta(minutes=1), "the rulebook has 1 errors", ("rules/a.yaml:1:1: no",)))
    made = client.get("/readyz")
    assert made.status_code == 200
    assert made.json()["edit_refused"] == {
        "at": "2026-10-05T12:01:00Z",
        "reason": "the rulebook has 1 errors",
        "details": ["rules/a.yaml:1:1: no"],
    }


def test_metrics_are_text_for_prometheus():
    client = Client()
    client.post("/v1/decisions", json=retail())
    made = client.get("/metrics")
    assert made.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'compliance_decisions_total{action="buy",binding="true",outcome="allow"} 1.0' in made.text
