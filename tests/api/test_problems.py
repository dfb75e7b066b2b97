import re
from datetime import UTC, datetime

import pytest
from starlette.exceptions import HTTPException

from compliance.api.problems import KINDS, MOST_ERRORS, Fault, Stopped, document_of
from compliance.engine.envelope import Problem, RequestRefused
from compliance.engine.json import MalformedJSON
from compliance.gate.recorder import NoLedgerError
from compliance.ledger.errors import (
    EntryTooLargeError,
    ErasedError,
    IdempotencyConflictError,
    LedgerBusyError,
    LedgerForkedError,
    LedgerUnavailableError,
    NotRecordedError,
    RefusedError,
    RetainedError,
)
from tests.api.support import Client


@pytest.mark.parametrize(
    ("error", "slug", "status"),
    [
        (MalformedJSON("/a", "it is not"), "malformed-json", 400),
        (RequestRefused([Problem("/a", "it is not")]), "invalid-request", 400),
        (Stopped("too-large"), "too-large", 413),
        (LedgerUnavailableError("the disk is full"), "not-recorded", 503),
        (LedgerBusyError("too many wait"), "not-recorded", 503),
        (EntryTooLargeError("too large"), "too-large", 413),
        (LedgerForkedError("restored"), "not-recorded", 503),
        (IdempotencyConflictError("used"), "key-reused", 409),
        (RefusedError("a second person is needed"), "conflict", 409),
        (RetainedError("a hold stands"), "retained", 409),
        (RetainedError("too early", datetime(2031, 1, 1, tzinfo=UTC)), "retained", 409),
        (ErasedError("gone"), "erased", 410),
        (NotRecordedError("no entry"), "not-on-record", 404),
        (NoLedgerError("no ledger"), "no-ledger", 501),
        (HTTPException(404), "not-found", 404),
        (HTTPException(405), "method-not-allowed", 405),
        (HTTPException(418), "refused", 400),
        (HTTPException(502), "internal-error", 500),
        (KeyError("a secret"), "internal-error", 500),
    ],
)
def test_each_error_has_one_document(error, slug, status):
    document = document_of(error).as_json()
    assert (document["type"], document["status"]) == (f"/docs/problems#{slug}", status)
    assert "secret" not in str(document)


def test_every_title_and_help_is_one_lower_case_sentence_without_full_stop():
    for kind in KINDS.values():
        for text in (kind.title, kind.help):
            assert text[0].islower()
            assert not text.endswith(".")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (IdempotencyConflictError("used"), "send the same request again, or another key"),
        (HTTPException(404), "see /docs for what there is"),
        (HTTPException(405), "see the `Allow` header"),
        (LedgerUnavailableError("the disk is full"), "take it as a deny, and try again"),
        (KeyError("a secret"), "take it as a deny, and try again"),
    ],
)
def test_where_no_place_is_wrong_the_detail_says_what_to_do(error, says):
    document = document_of(error).as_json()
    assert document["detail"] == says
    assert "errors" not in document


def test_what_the_help_names_is_an_address_of_the_service():
    paths = Client().get("/openapi.json").json()["paths"]
    named = [found for kind in KINDS.values() for found in re.findall(r"`([A-Z]+) (/[^`]+)`", kind.help)]
    assert named
    for method, path in named:
        assert method.lower() in paths[path]


def test_the_detail_is_the_first_fault_with_its_place():
    document = Stopped(
        "invalid-request", Fault("it is not", "do", "/a"), Fault("nor this", "", "/b")
    ).document.as_json()
    assert document["detail"] == "/a: it is not"
    assert document["errors"] == [
        {"pointer": "/a", "detail": "it is not", "help": "do"},
        {"pointer": "/b", "detail": "nor this"},
    ]


def test_a_thousand_faults_do_not_make_a_thousand_errors():
    many = RequestRefused([Problem(f"/{number}", "it is not") for number in range(1000)])
    assert len(document_of(many).as_json()["errors"]) == MOST_ERRORS


def test_a_client_is_told_when_to_try_again_where_that_makes_sense():
    assert document_of(LedgerUnavailableError("the disk is full")).headers == {"retry-after": "1"}
    assert document_of(LedgerForkedError("restored")).headers == {}


def test_a_person_who_must_be_kept_is_kept_until_a_day_that_is_said():
    document = document_of(RetainedError("records are kept for five years", datetime(2031, 1, 1, tzinfo=UTC)))
    assert document.faults[0].help == "ask again after 2031-01-01T00:00:00+00:00"
