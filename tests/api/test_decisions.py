import pytest

from tests.api.support import Client, faults, retail


@pytest.fixture(scope="module")
def client():
    return Client()


def test_a_decision_says_who_decided_by_what_and_until_when(client):
    made = client.post("/v1/decisions", json=retail()).json()
    assert made["outcome"] == "allow"
    assert made["binding"] is True
    assert (made["decided_at"], made["expires_at"]) == ("2026-10-05T12:00:00Z", "2026-10-05T12:00:30Z")
    assert made["ruleset"]["status"] == "unpublished"
    assert made["ruleset"]["digest"].startswith("sha256:")
    assert made["receipt"] is None
    assert made["grounds"][0]["authority"][0]["reviewed_on"]


def test_a_us_person_is_denied_with_the_rule_the_fact_and_the_source(client):
    made = client.post("/v1/decisions", json=retail(citizenships=["MX", "US"])).json()
    assert made["outcome"] == "deny"
    ground = next(ground for ground in made["grounds"] if ground["rule"].startswith("us-"))
    facts = [fact for leaf in ground["leaves"] for fact in leaf["facts"]]
    assert {"fact": "subject.citizenships", "state": "known", "value": ["MX", "US"]} in facts


def test_what_is_missing_is_asked_for(client):
    made = client.post("/v1/decisions", json=retail(without=["tax_residences"])).json()
    assert made["outcome"] == "incomplete"
    asked = made["missing"][0]
    assert (asked["fact"], asked["from"], asked["why"]) == ("subject.tax_residences", ["request"], "not-given")
    assert asked["ask"].endswith("?")


def test_a_what_if_does_not_bind(client):
    made = client.post("/v1/decisions", json={**retail(), "as_of": "2026-10-01T00:00:00Z"}).json()
    assert (made["binding"], made["expires_at"], made["as_of"]) == (False, None, "2026-10-01T00:00:00Z")


def test_the_content_type_is_not_asked(client):
    import json

    for kind in ("text/plain", "application/xml", "application/json; charset=latin-1"):
        sent = client.post("/v1/decisions", content=json.dumps(retail()), headers={"content-type": kind})
        assert sent.status_code == 200


def test_the_recipient_of_a_transfer_has_a_decision_of_its_own(client):
    body = retail("transfer")
    body["action"]["properties"]["recipient"] = {
        "type": "natural-person",
        "properties": retail(residence="US")["subject"]["properties"],
    }
    made = client.post("/v1/decisions", json=body).json()
    assert made["outcome"] == "deny"
    assert (made["counterparty"]["name"], made["counterparty"]["outcome"]) == ("recipient", "deny")


def test_a_bad_value_of_the_recipient_is_pointed_at(client):
    body = retail("transfer")
    body["action"]["properties"]["recipient"] = {"type": "natural-person", "properties": {"residence": "Brazil"}}
    assert faults(client.post("/v1/decisions", json=body)) == ["/action/properties/recipient/properties/residence"]


def test_a_batch_is_answered_in_order_and_a_bad_item_has_its_problem(client):
    body = {"requests": [retail(), retail(residence="Brazil"), retail(residence="US")]}
    found = client.post("/v1/decisions/batch", json=body).json()["answers"]
    assert [each.get("outcome") for each in found] == ["allow", None, "deny"]
    problem = found[1]["problem"]
    assert problem["errors"][0]["pointer"] == "/requests/1/subject/properties/residence"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ([], [""]),
        ({}, ["/requests"]),
        ({"requests": []}, ["/requests"]),
        ({"requests": {}}, ["/requests"]),
        ({"requests": [{}] * 10_001}, ["/requests"]),
        ({"requests": [{}], "semantic": 1}, ["/semantic"]),
    ],
    ids=["list", "nothing", "none", "object", "too many", "another name"],
)
def test_a_batch_that_is_none_is_refused(client, body, where):
    assert faults(client.post("/v1/decisions/batch", json=body)) == where


def test_ten_thousand_requests_are_one_batch(client):
    body = {
        "requests": [
            {
                "subject": {"type": "natural-person"},
                "action": {"name": "sell"},
                "resource": {"type": "instrument", "id": "none"},
            }
        ]
        * 10_000
    }
    found = client.post("/v1/decisions/batch", json=body).json()["answers"]
    assert len(found) == 10_000
    assert {each["ground"] for each in found} == {"unknown-instrument"}
    assert len({each["id"] for each in found}) == 10_000


def test_a_query_is_refused(client):
    assert faults(client.post("/v1/decisions?as_of=now", json=retail())) == ["as_of"]


@pytest.mark.parametrize("beside", ["customer-1", "caf\\u00e9", "caf\u00e9"])
def test_what_stands_twice_in_a_batch_has_its_place_in_the_whole(client, beside):
    import json

    good = json.dumps(retail()).replace("customer-1", beside)
    doubled = json.dumps(retail()).replace('"age": 40', '"age": 40, "age": 41')
    assert doubled.count('"age"') == 2
    sent = client.post("/v1/decisions/batch", content=f'{{"requests": [{good}, {doubled}]}}'.encode())
    assert sent.json()["type"].endswith("malformed-json")
    assert faults(sent) == ["/requests/1/subject/properties/age"]
