"""Whatever a client sends: an answer or a 4xx problem that names the field; never a 500, never an allow by mistake."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.support import Client, faults, reader, retail, tiny

QUESTIONS = ["/v1/decisions", "/access/v1/evaluation", "/access/v1/search/resource"]
CLIENT = Client()
SMALL = Client(tiny())


def spelled(pointer, raw):
    """Return a good request in which the raw JSON text `raw` stands at `pointer`."""
    body = copy.deepcopy(retail())
    place = body
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        place = place[step]
    place[last] = "@here@"
    return json.dumps(body).replace('"@here@"', raw).encode()


FACT = "/subject/properties/"
BAD = [
    *(
        (FACT + "residence", raw)
        for raw in ('"us"', '"USA"', '"840"', '"UK"', "840", "true", '["MX"]', "{}", '""', "1.5")
    ),
    *((FACT + "citizenships", raw) for raw in ('"MX"', "[]", '["mx"]', '["MX", "MX"]', "[null]", '[["MX"]]', "{}")),
    *((FACT + "green_card", raw) for raw in ('"false"', "0", "1", "[]", '"no"', "0.0")),
    *((FACT + "us_days_this_year", raw) for raw in ("-1", "367", "1.0", "1e2", '"12"', "9" * 30, "9" * 5000, "true")),
    *(
        (FACT + "identity_verified_at", raw)
        for raw in ('"2026-09-01"', '"2026-09-01T09:00:00"', '"yesterday"', "1756717200", '"2026-02-30T00:00:00Z"')
    ),
    *((FACT + "investor_class", raw) for raw in ('"Retail"', '"retail "', '"professionnal"', '"\\u202eretail"')),
    (FACT + "residence", "null"),
    (FACT + "residence", '"\\ud800"'),
    (FACT + "residence", "NaN"),
    (FACT + "residence", "-Infinity"),
    (FACT + "residence", '"MX\\u0000"'),
    (FACT + "residence", '"' + "X" * 100_000 + '"'),
    (FACT + "residence", "[" * 60 + "]" * 60),
    ("/subject", "[]"),
    ("/subject", "null"),
    ("/subject/type", "[]"),
    ("/subject/properties", "[]"),
    ("/action", '"buy"'),
    ("/action/name", "null"),
    ("/context", "1"),
    ("/context/location", '"mx"'),
]
EVIDENCE = [
    ('{"value": "mx"}', "/value"),
    ('{"value": "MX", "observed_at": "now"}', "/observed_at"),
    ('{"value": "MX", "valid_until": 5}', "/valid_until"),
    ('{"value": "MX", "attested_by": []}', "/attested_by"),
    ('{"value": "MX", "seen": true}', "/seen"),
    ('{"value": {"value": "MX"}}', "/value"),
]
BROKEN = {
    "nothing": b"",
    "half": b'{"subject": {"type": "natural-person"',
    "no json": b"subject=me",
    "utf-16": json.dumps(retail()).encode("utf-16"),
    "latin-1": json.dumps(retail(note="é"), ensure_ascii=False).encode("latin-1"),
    "byte order mark": b"\xef\xbb\xbf" + json.dumps(retail()).encode(),
    "gzip": b"\x1f\x8b\x08\x00",
    "list": b"[]",
    "text": b'"buy"',
    "null": b"null",
    "number": b"1e999",
    "deep list": b"[" * 200_000,
    "deep object": b'{"subject":' * 50_000,
    "two documents": json.dumps(retail()).encode() * 2,
}


@pytest.mark.parametrize("path", QUESTIONS)
@pytest.mark.parametrize(("pointer", "raw"), BAD, ids=[f"{where.rsplit('/', 1)[1]}={raw[:24]}" for where, raw in BAD])
def test_a_bad_value_is_refused_at_its_place(path, pointer, raw):
    named = faults(CLIENT.post(path, content=spelled(pointer, raw)))
    assert any(found.startswith(pointer) for found in named), named


@pytest.mark.parametrize("path", QUESTIONS)
@pytest.mark.parametrize(("raw", "inside"), EVIDENCE)
def test_bad_evidence_is_refused_at_its_place(path, raw, inside):
    pointer = f"{FACT}residence"
    assert faults(CLIENT.post(path, content=spelled(pointer, raw))) == [pointer + inside]


@pytest.mark.parametrize(
    "path", [*QUESTIONS, "/access/v1/evaluations", "/v1/decisions/batch", "/access/v1/search/action"]
)
@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_body_that_is_no_request_is_refused(path, body):
    faults(CLIENT.post(path, content=body))


@pytest.mark.parametrize("path", QUESTIONS)
@pytest.mark.parametrize("pointer", ["/subject", "/subject/properties/residence", "/context/location"])
def test_a_name_given_twice_is_refused_at_its_place(path, pointer):
    name = pointer.rsplit("/", 1)[1]
    body = json.dumps(retail()).replace(f'"{name}":', f'"{name}": null, "{name}":', 1 if name != "location" else -1)
    assert faults(CLIENT.post(path, content=body.encode())) == [pointer]


def test_v1_refuses_a_name_that_the_vocabulary_lacks_and_says_what_was_meant():
    response = CLIENT.post("/v1/decisions", json=retail(residense="MX"))
    assert faults(response) == ["/subject/properties/residense"]
    assert "`residence`" in response.json()["errors"][0]["help"]


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("/context/time", {"context": {"time": "2026-01-01T00:00:00Z"}}),
        (
            "/resource/properties/issuer",
            {"resource": {"type": "instrument", "id": "AAPLx", "properties": {"issuer": "me"}}},
        ),
        ("/subject/type", {"subject": {"type": "Natural-Person"}}),
        ("/action/name", {"action": {"name": "BUY"}}),
        ("/subject/age", {"subject": {"type": "natural-person", "age": 7}}),
        ("/subjects", {"subjects": []}),
    ],
)
def test_v1_refuses_what_is_not_for_a_client_to_say(pointer, change):
    assert faults(CLIENT.post("/v1/decisions", json=retail() | change)) == [pointer]


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["MX", "US", "buy", "AAPLx"])
)
NAMES = st.sampled_from(
    [*retail()["subject"]["properties"], "type", "id", "name", "properties", "value", "time", "as_of"]
) | st.text(max_size=6)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)


@st.composite
def damaged(draw):
    """Return a good request of which one part, or a deeper value, is anything."""
    body = copy.deepcopy(
        draw(
            st.sampled_from([retail(residence="US"), retail(without=["residence"]), retail("transfer", residence="US")])
        )
    )
    place = body
    while draw(st.booleans()) and (inner := [value for value in place.values() if isinstance(value, dict)]):
        place = draw(st.sampled_from(inner))
    place[draw(st.sampled_from([*sorted(place), "more"]) | NAMES)] = draw(TREES)
    return body


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(TREES | damaged())
def test_no_json_makes_a_500_nor_an_allow(body):
    text = json.dumps(body)
    for path in (*QUESTIONS, "/access/v1/evaluations"):
        response = CLIENT.post(path, content=text)
        assert response.status_code in {200, 400}, response.text
        made = response.json()
        if response.status_code == 400:
            faults(response)
        elif path in QUESTIONS[:2] and _home(body) != "MX":
            assert made.get("decision") is not True
            assert made.get("binding") is not True or made["outcome"] != "allow"


def _home(body):
    """Return where the subject lives, of which a damaged request can honestly be made another place."""
    try:
        home = body["subject"]["properties"]["residence"]
    except (KeyError, TypeError):
        return None
    return home.get("value") if isinstance(home, dict) else home


def test_both_rulebooks_are_served_by_one_program():
    assert SMALL.post("/v1/decisions", json=reader()).json()["outcome"] == "allow"
    assert CLIENT.post("/v1/decisions", json=retail()).json()["outcome"] == "allow"


@pytest.mark.parametrize("path", ["/v1/decisions/", "/docs/", "/healthz/"])
def test_an_address_is_spelt_one_way_and_nobody_is_sent_elsewhere(path):
    assert faults(Client().post(path, json=retail()), 404) == []
