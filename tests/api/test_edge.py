import pytest

from tests.api.support import Client, faults, retail


@pytest.fixture(scope="module")
def client():
    return Client()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/access/v1/evaluation", retail()),
        ("POST", "/access/v1/evaluation", {}),
        ("GET", "/nowhere", None),
        ("DELETE", "/v1/decisions", None),
        ("GET", "/healthz", None),
    ],
)
def test_a_request_id_comes_back_whatever_happens(client, method, path, body):
    response = client.request(method, path, json=body, headers={"X-Request-ID": "bfe9eb29-ab87"})
    assert response.headers.get_list("x-request-id") == ["bfe9eb29-ab87"]


def test_without_a_request_id_none_is_made_up(client):
    assert "x-request-id" not in client.get("/healthz").headers


def test_answers_are_not_kept_by_caches(client):
    assert client.post("/v1/decisions", json=retail()).headers["cache-control"] == "no-store"


def test_what_is_not_there_is_a_problem(client):
    assert faults(client.get("/nowhere"), 404) == []


def test_another_method_is_a_problem_that_names_the_right_one(client):
    response = client.get("/v1/decisions")
    assert faults(response, 405) == []
    assert response.headers["allow"] == "POST"


def test_what_breaks_inside_is_a_500_that_says_nothing():
    client = Client()
    client.gate.shelf = None
    response = client.post("/v1/decisions", json=retail(), headers={"X-Request-ID": "1"})
    assert faults(response, 500) == []
    assert response.headers["x-request-id"] == "1"
    assert "Traceback" not in response.text
    assert "NoneType" not in response.text
