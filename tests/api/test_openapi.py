"""The document says what the service does: Schemathesis sends what it allows and what it does not, and checks answers."""

import atexit
import json
import re
import tempfile
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from schemathesis.config import SchemathesisConfig
from starlette.routing import Mount

from compliance.api.openapi import openapi
from compliance.api.problems import KINDS
from compliance.gate.logbook import Logbook
from tests.api.support import ROOT, Client, ledger_in, shipped, tiny

# Schemathesis wants its apps when this module is read: their ledgers are closed at the end of the process.
FOLDER = tempfile.TemporaryDirectory()
CLIENT, SMALL = (
    Client(book, Logbook(ledger_in(Path(FOLDER.name) / name)))
    for name, book in (("shipped", shipped()), ("tiny", tiny()))
)
for client in (CLIENT, SMALL):
    atexit.register(client.gate.recorder.ledger.close)
# A schema cannot say everything that is refused (which codes are territories, which facts a kind of subject has), so
# what it allows may be refused too; what it refuses must be.
SAID_LESS = [positive_data_acceptance]
# AuthZEN ignores names, and so what stands under them; an item of a batch is refused in its place.
FORGIVING = [*SAID_LESS, negative_data_rejection]
QUICK = settings(max_examples=15, suppress_health_check=list(HealthCheck))
# The tiny vocabulary is covered value by value; of the large one, that would be all that anybody waits for.
AT_RANDOM = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})


def check(case):
    path = case.operation.path
    forgiving = path.startswith("/access/") or path == "/v1/decisions/batch"
    case.call_and_validate(excluded_checks=FORGIVING if forgiving else SAID_LESS)


def document(client):
    return client.get("/openapi.json").json()


@schemathesis.openapi.from_asgi("/openapi.json", CLIENT.app, config=AT_RANDOM).parametrize()
@QUICK
def test_the_shipped_service_does_as_its_document_says(case):
    check(case)


@schemathesis.openapi.from_asgi("/openapi.json", SMALL.app).parametrize()
@QUICK
def test_the_tiny_service_does_as_its_document_says(case):
    check(case)


@pytest.mark.parametrize("client", [CLIENT, SMALL], ids=["shipped", "tiny"])
def test_every_example_is_answered(client):
    for path, methods in document(client)["paths"].items():
        if "post" in methods and methods["post"]["tags"] != ["record"]:
            example = methods["post"]["requestBody"]["content"]["application/json"]["example"]
            assert client.post(path, json=example).status_code == 200, path


@pytest.mark.parametrize("client", [CLIENT, SMALL], ids=["shipped", "tiny"])
def test_the_example_of_a_decision_is_allowed(client):
    asked = document(client)["paths"]["/v1/decisions"]["post"]["requestBody"]["content"]["application/json"]["example"]
    made = client.post("/v1/decisions", json=asked).json()
    assert (made["outcome"], made["binding"]) == ("allow", False)


def test_the_document_has_every_address_of_the_app_and_no_other():
    pages = {"/openapi.json", "/docs", "/docs/problems"}
    paths = {route.path for route in SMALL.app.routes if not isinstance(route, Mount)} - pages
    served = {re.sub(r":[a-z]+}", "}", path) for path in paths}
    assert set(document(SMALL)["paths"]) == served
    assert served - set(document(CLIENT)["paths"]) == {"/access/v1/search/subject"}


def test_every_request_that_is_answered_fits_the_schema():
    made = openapi(shipped().rulebook)
    wanted = {**made["components"]["schemas"]["Request"], "components": made["components"]}
    validator = jsonschema_rs.validator_for(wanted)
    fed = {"halted", "paused"}
    for case in shipped().rulebook.cases:
        if (
            not fed & set(case.request.get("resource", {}).get("properties", {}))
            and CLIENT.post("/v1/decisions", json=dict(case.request)).status_code == 200
        ):
            errors = [error.message for error in validator.iter_errors(dict(case.request))]
            assert not errors, case.sentence


def test_the_document_is_json_and_names_only_schemas_that_it_has():
    text = json.dumps(openapi(shipped().rulebook))
    named = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named <= set(openapi(shipped().rulebook)["components"]["schemas"])


def test_facts_are_those_of_the_vocabulary():
    facts = document(SMALL)["components"]["schemas"]["Request"]["properties"]["subject"]["properties"]["properties"]
    assert {"clearance", "department"} <= set(facts["properties"])
    assert "residence" not in facts["properties"]


def test_the_reference_names_every_address_and_every_kind_of_problem():
    page = (ROOT / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
    for path in document(SMALL)["paths"]:
        assert path in page or path.removeprefix("/access/v1") in page or path.removeprefix("/access/v1/search") in page
    assert all(f"`{slug}`" in page for slug in KINDS)


def test_the_reference_explains_every_field_of_an_answer():
    page = (ROOT / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
    table = page.split("## An answer")[1].split("## AuthZEN")[0]
    answer = document(SMALL)["components"]["schemas"]["Answer"]["properties"]
    assert not [name for name in answer if f"`{name}" not in table]
