import pytest

from tests.api.support import Client, faults, reader, retail, tiny

PATH = "/access/v1/search/"


@pytest.fixture(scope="module")
def client():
    return Client()


@pytest.fixture(scope="module")
def small():
    return Client(tiny())


def without(body, part, name="id"):
    return {**body, part: {key: value for key, value in body[part].items() if key != name}}


def test_which_instruments_a_customer_may_buy(client):
    made = client.post(f"{PATH}resource", json=without(retail(), "resource")).json()
    assert {"type": "instrument", "id": "AAPLx"} in made["results"]
    assert made["page"] == {"next_token": "", "count": len(made["results"]), "total": len(made["results"])}


def test_what_is_found_is_allowed_by_an_evaluation(client):
    found = client.post(f"{PATH}resource", json=without(retail(), "resource")).json()["results"]
    for resource in found[:5]:
        assert client.post("/access/v1/evaluation", json=retail() | {"resource": resource}).json()["decision"] is True


def test_which_actions_a_customer_may_take(client):
    body = {name: part for name, part in retail().items() if name != "action"}
    found = client.post(f"{PATH}action", json=body).json()["results"]
    assert {"name": "buy"} in found
    assert {"name": "onboard"} not in found
    for action in found:
        assert client.post("/access/v1/evaluation", json=retail() | {"action": action}).json()["decision"] is True


def test_which_catalogued_subjects_may(small):
    made = small.post(f"{PATH}subject", json=without(reader(), "subject")).json()
    assert made["results"] == [{"type": "user", "id": "ada"}]


def test_the_id_of_what_is_searched_is_ignored(small):
    assert small.post(f"{PATH}subject", json=reader("bob")).json()["results"] == [{"type": "user", "id": "ada"}]


def test_without_catalogued_subjects_they_are_not_searched(client):
    assert faults(client.post(f"{PATH}subject", json=retail()), 404) == []


@pytest.mark.parametrize(
    "body",
    [
        reader() | {"resource": {"type": "star"}},
        reader(action="sing"),
        reader() | {"subject": {"type": "ghost", "id": "1"}},
    ],
)
def test_what_is_unknown_finds_nothing(small, body):
    made = small.post(f"{PATH}resource", json=body)
    assert (made.status_code, made.json()["results"]) == (200, [])


def test_pages_are_the_whole_in_pieces(client):
    body = without(retail(), "resource")
    whole = client.post(f"{PATH}resource", json=body | {"page": {"limit": 1000}}).json()["results"]
    found, token = [], None
    while token != "":
        page = {"limit": 30} if token is None else {"limit": 30, "token": token}
        made = client.post(f"{PATH}resource", json=body | {"page": page}).json()
        assert made["page"]["total"] == len(whole)
        found += made["results"]
        token = made["page"]["next_token"]
    assert found == whole


def test_a_token_belongs_to_its_search(client):
    body = without(retail(), "resource")
    token = client.post(f"{PATH}resource", json=body | {"page": {"limit": 1}}).json()["page"]["next_token"]
    other = without(retail("sell"), "resource") | {"page": {"token": token}}
    assert faults(client.post(f"{PATH}resource", json=other)) == ["/page/token"]


@pytest.mark.parametrize(
    ("page", "pointer"),
    [
        ([], "/page"),
        ({"limit": 0}, "/page/limit"),
        ({"limit": True}, "/page/limit"),
        ({"limit": 1.5}, "/page/limit"),
        ({"limit": 1001}, "/page/limit"),
        ({"token": "x"}, "/page/token"),
        ({"token": "äöü"}, "/page/token"),
        ({"token": 7}, "/page/token"),
        ({"token": None}, "/page/token"),
    ],
)
def test_a_page_that_is_none_is_refused(client, page, pointer):
    assert faults(client.post(f"{PATH}resource", json=without(retail(), "resource") | {"page": page})) == [pointer]


@pytest.mark.parametrize(
    ("kind", "body", "pointer"),
    [
        ("resource", [], ""),
        ("resource", {}, "/subject"),
        ("resource", retail() | {"resource": {}}, "/resource/type"),
        ("resource", retail() | {"resource": "AAPLx"}, "/resource"),
        ("resource", retail(residence="Brazil"), "/subject/properties/residence"),
        ("action", {}, "/subject"),
        ("action", retail(residence="Brazil"), "/subject/properties/residence"),
    ],
)
def test_a_malformed_search_is_refused(client, kind, body, pointer):
    assert faults(client.post(PATH + kind, json=body))[0] == pointer
