import pytest

from tests.api.support import Client, faults, reader, retail, tiny

ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"


@pytest.fixture(scope="module")
def client():
    return Client()


@pytest.fixture(scope="module")
def small():
    return Client(tiny())


def writer(**context):
    body = reader(action="write") | {"action": {"name": "write", "properties": {"size": 200}}}
    return body | ({"context": context} if context else {})


def several(*residences, semantic=None):
    body = {**retail(), "evaluations": [{"subject": retail(residence=home)["subject"]} for home in residences]}
    return body | ({"options": {"evaluations_semantic": semantic}} if semantic else {})


def test_a_binding_allow_is_true(client):
    made = client.post(ONE, json=retail()).json()
    assert made["decision"] is True
    assert made["context"]["outcome"] == "allow"
    assert "reason" not in made["context"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (retail(residence="US"), "US/"),
        (retail(without=["tax_residences"]), "facts-missing"),
        (retail(identity_verified=False), "requirements-not-met"),
        (retail() | {"resource": {"type": "instrument", "id": "NOPEx"}}, "unknown-instrument"),
        (retail() | {"resource": {"type": "spaceship", "id": "1"}}, "unknown-resource-type"),
        (retail("levitate"), "unknown-action"),
        (retail() | {"subject": {"type": "unicorn", "id": "1"}}, "unknown-subject-type"),
    ],
)
def test_anything_else_is_false_and_says_why(client, body, reason):
    response = client.post(ONE, json=body)
    assert response.status_code == 200
    made = response.json()
    assert made["decision"] is False
    assert made["context"]["reason"].startswith(reason)


def test_names_that_the_vocabulary_lacks_are_ignored_and_listed(client):
    body = {**retail(shoe_size=44), "as_of": "2030-01-01T00:00:00Z", "trace": 1}
    body["context"]["time"] = "2030-01-01T00:00:00Z"
    made = client.post(ONE, json=body).json()
    assert made["decision"] is True
    assert {"/as_of", "/trace", "/subject/properties/shoe_size", "/context/time"} <= set(made["context"]["ignored"])
    assert made["context"]["as_of"] == "2026-10-05T12:00:00Z"


def test_an_allow_with_an_obligation_is_only_true_for_a_client_that_declared_it(small):
    undeclared = small.post(ONE, json=writer()).json()
    assert undeclared["decision"] is False
    assert (undeclared["context"]["outcome"], undeclared["context"]["reason"]) == ("allow", "obligations-not-declared")
    assert [found["type"] for found in undeclared["context"]["obligations"]] == ["keep-a-copy"]
    assert small.post(ONE, json=writer(obligations=["another"])).json()["decision"] is False
    declared = small.post(ONE, json=writer(obligations=["keep-a-copy", "another"])).json()
    assert declared["decision"] is True
    assert declared["context"]["ignored"] == []


@pytest.mark.parametrize("declared", ["keep-a-copy", {}, [1], None, True])
def test_a_declaration_that_is_no_list_of_texts_is_refused(small, declared):
    assert faults(small.post(ONE, json={**writer(), "context": {"obligations": declared}})) == ["/context/obligations"]


@pytest.mark.parametrize("part", ["subject", "action", "resource"])
def test_a_request_without_one_of_its_parts_is_refused(client, part):
    body = {name: found for name, found in retail().items() if name != part}
    assert faults(client.post(ONE, json=body)) == [f"/{part}"]


@pytest.mark.parametrize(
    ("pointer", "body"),
    [
        ("/subject", retail() | {"subject": "me"}),
        ("/subject/id", retail() | {"subject": {"type": "natural-person"}}),
        ("/action/name", retail() | {"action": {}}),
        ("/resource/id", retail() | {"resource": {"type": "instrument"}}),
        ("/resource/id", retail() | {"resource": {"type": "instrument", "id": 7}}),
        ("/context", retail() | {"context": []}),
        ("/subject/properties/residence", retail(residence="Brazil")),
    ],
)
def test_a_malformed_request_is_refused_where_it_is_malformed(client, pointer, body):
    assert faults(client.post(ONE, json=body)) == [pointer]


def test_several_share_their_defaults_and_are_all_answered_in_order(client):
    made = client.post(MANY, json=several("MX", "US", "MX")).json()
    assert [each["decision"] for each in made["evaluations"]] == [True, False, True]
    assert "decision" not in made


def test_an_evaluation_replaces_a_default_as_a_whole(client):
    body = retail() | {"evaluations": [{"subject": {"type": "natural-person", "id": "2"}}]}
    made = client.post(MANY, json=body).json()["evaluations"][0]
    assert made["context"]["outcome"] == "incomplete"


@pytest.mark.parametrize(
    ("semantic", "homes", "decisions"),
    [
        ("execute_all", ("US", "MX", "US"), [False, True, False]),
        ("deny_on_first_deny", ("MX", "US", "MX"), [True, False]),
        ("deny_on_first_deny", ("MX", "MX"), [True, True]),
        ("permit_on_first_permit", ("US", "MX", "US"), [False, True]),
        ("permit_on_first_permit", ("US", "US"), [False, False]),
    ],
)
def test_the_three_semantics(client, semantic, homes, decisions):
    made = client.post(MANY, json=several(*homes, semantic=semantic)).json()
    assert [each["decision"] for each in made["evaluations"]] == decisions


def test_an_evaluation_that_cannot_be_read_is_false_in_its_place_and_counts_as_a_denial(client):
    body = several("MX", "Brazil", "MX")
    made = client.post(MANY, json=body).json()["evaluations"]
    assert [each["decision"] for each in made] == [True, False, True]
    error = made[1]["context"]["error"]
    assert error["status"] == 400
    assert error["errors"][0]["pointer"] == "/evaluations/1/subject/properties/residence"
    first = client.post(MANY, json=body | {"options": {"evaluations_semantic": "deny_on_first_deny"}}).json()
    assert [each["decision"] for each in first["evaluations"]] == [True, False]


def test_a_default_that_cannot_be_read_is_pointed_at_where_it_stands(client):
    body = retail(residence="Brazil") | {"evaluations": [{"action": {"name": "sell"}}]}
    error = client.post(MANY, json=body).json()["evaluations"][0]["context"]["error"]
    assert error["errors"][0]["pointer"] == "/subject/properties/residence"


@pytest.mark.parametrize("evaluations", [{}, {"evaluations": []}])
def test_without_evaluations_it_is_a_single_evaluation(client, evaluations):
    assert client.post(MANY, json=retail() | evaluations).json()["decision"] is True


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ({"evaluations": {}}, "/evaluations"),
        ({"evaluations": [retail(), 1]}, "/evaluations/1"),
        ({"evaluations": [retail()], "options": []}, "/options"),
        ({"evaluations": [retail()], "options": {"evaluations_semantic": "first"}}, "/options/evaluations_semantic"),
        (
            {"evaluations": [retail()], "options": {"evaluations_semantic": ["execute_all"]}},
            "/options/evaluations_semantic",
        ),
        ({"evaluations": [{**retail(), "context": {"obligations": 1}}]}, "/evaluations/0/context/obligations"),
    ],
)
def test_a_malformed_set_of_evaluations_is_refused(client, body, pointer):
    assert faults(client.post(MANY, json=body)) == [pointer]
