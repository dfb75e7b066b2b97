import re

import pytest

from compliance.api.problems import KINDS
from tests.api.support import Client


@pytest.fixture(scope="module")
def client():
    return Client()


def test_the_documentation_needs_nothing_from_elsewhere(client):
    page = client.get("/docs")
    wanted = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(wanted) == 3
    for path in wanted:
        assert path.startswith("/docs/assets/")
        assert client.get(path).status_code == 200
    assert "https://" not in page.text
    assert "'self'" in page.headers["content-security-policy"]


def test_the_page_shows_the_document_of_this_service(client):
    assert "/openapi.json" in client.get("/docs").text


def test_each_problem_is_explained_where_its_type_points(client):
    page = client.get("/docs/problems").text
    for slug in KINDS:
        assert f'id="{slug}"' in page


def test_the_document_is_made_anew_only_for_another_rulebook(client):
    assert client.get("/openapi.json").content is not None
    first = client.get("/openapi.json").content
    assert client.get("/openapi.json").content == first


def test_nothing_beside_the_assets_is_served(client):
    for path in ("/docs/assets/../app.py", "/docs/assets/%2e%2e/app.py", "/docs/assets/"):
        assert client.get(path).status_code == 404
