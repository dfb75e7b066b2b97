import pytest

from compliance.api.preference import form_in
from compliance.gate.forms import MINIMAL, PLAIN
from tests.api.recorded import recorded
from tests.api.support import Client, retail
from tests.gate.ledgers import transfer

PREFER = {"Prefer": "return=minimal"}


@pytest.mark.parametrize(
    "value",
    [b"return=minimal", b'Return="minimal"', b"respond-async, return=minimal; foo=bar", b"wait=1,return = minimal"],
)
def test_a_minimal_answer_can_be_preferred_in_every_spelling_of_the_rfc(value):
    assert form_in([(b"host", b"x"), (b"prefer", value)]) is MINIMAL


@pytest.mark.parametrize(
    "value", [b"", b"return=representation", b"minimal", b"return", b"\xff=\xff", b"x-return=minimal"]
)
def test_any_other_preference_is_ignored(value):
    assert form_in([(b"prefer", value)]) is PLAIN


def test_a_minimal_answer_says_what_to_do_and_which_rules_said_so():
    response = Client().post("/v1/decisions", json=retail(residence="US"), headers=PREFER)
    made = response.json()
    assert response.headers["preference-applied"] == "return=minimal"
    assert made["outcome"] == "deny"
    assert {"rule", "effect", "says"} == set(made["grounds"][0])
    assert "leaves" not in response.text


def test_a_minimal_answer_is_the_explained_one_with_less_in_it():
    client = Client()
    for body in (retail(), retail(residence="US"), retail(without=["tax_residences"]), retail("redeem"), transfer()):
        full = client.post("/v1/decisions", json=body).json()
        minimal = client.post("/v1/decisions", json=body, headers=PREFER).json()
        assert minimal["outcome"] == full["outcome"]
        assert minimal["expires_at"] == full["expires_at"]
        assert [ground["rule"] for ground in minimal["grounds"]] == [ground["rule"] for ground in full["grounds"]]
        assert minimal["missing"] == [fact["fact"] for fact in full["missing"]]
        assert minimal["requirements"] == [found["rule"] for found in full["requirements"]]


def test_every_answer_of_a_batch_is_minimal():
    body = {"requests": [retail(), retail(residence="Brazil"), retail("sell")]}
    response = Client().post("/v1/decisions/batch", json=body, headers=PREFER)
    first, second, third = response.json()["answers"]
    assert "authority" not in response.text
    assert (first["outcome"], third["outcome"]) == ("allow", "allow")
    assert "problem" in second


def test_a_minimal_answer_can_be_explained_and_replayed_later(tmp_path):
    with recorded(tmp_path) as client:
        made = client.post("/v1/decisions", json=retail(citizenships=["MX", "US"]), headers=PREFER).json()
        found = client.get(f"/v1/decisions/{made['id']}/explanation").json()
        assert found["response"] == {**made, "receipt": None}
        assert found["explanation"]["grounds"][0]["leaves"]
        assert client.post(f"/v1/decisions/{made['id']}/replay").json()["same"] is True
