from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import structs

from compliance.ledger.canonical import CanonicalError, canonical
from compliance.ledger.entry import DecisionRecord, Personal, opened, seal, stamped, terms
from compliance.ledger.errors import EntryTooLargeError, TamperedError
from compliance.ledger.subjects import NOBODY, SubjectKey

KEY = SubjectKey("p", b"12345678", AESGCM(bytes(32)))
RECORD = DecisionRecord(
    public={"id": "d1", "outcome": "deny"},
    personal={"subject.residence": "US"},
    subject_id="alice",
    ruleset_digest="sha256:00",
    request=b'{"subject":"alice"}',
    response=b'{"outcome":"deny"}',
)
STAMP = "2026-11-25T14:00:00.000001Z"


def test_an_entry_is_canonical_json_with_its_public_part_in_the_open():
    entry = seal(RECORD, "p", KEY).at(STAMP)
    read = json.loads(entry)
    assert canonical(read) == entry
    assert set(read.pop("personal")) == {"commitment", "ciphertext"}
    assert read == {
        "format": "compliance-entry/1",
        "kind": "decision",
        "public": {"id": "d1", "outcome": "deny"},
        "recorded_at": STAMP,
        "ruleset": "sha256:00",
        "subject": "p",
    }


def test_nothing_personal_is_in_the_entry_or_readable_beside_it():
    made = seal(RECORD, "p", KEY)
    for personal in (b"alice", b"residence", b'{"outcome"'):
        assert personal not in made.at(STAMP)
        assert personal not in made.sealed


def test_the_same_record_is_committed_to_with_another_salt_each_time():
    assert seal(RECORD, "p", KEY).at(STAMP) != seal(RECORD, "p", KEY).at(STAMP)


def test_a_record_about_nobody_names_no_subject():
    assert json.loads(seal(RECORD, NOBODY, KEY).at(STAMP))["subject"] is None


def test_the_personal_part_comes_back_and_is_checked():
    made = seal(RECORD, "p", KEY)
    entry, plain = made.at(STAMP), KEY.open(made.sealed)
    assert opened(entry, made.sealed, plain) == Personal(RECORD.personal, RECORD.request, RECORD.response)
    other = seal(RECORD, "p", KEY)
    with pytest.raises(TamperedError, match="ciphertext"):
        opened(entry, other.sealed, plain)
    with pytest.raises(TamperedError, match="committed"):
        opened(entry, made.sealed, KEY.open(other.sealed))


@pytest.mark.parametrize("request_bytes", [b"", b"\xff\x00", b"x" * 70_000])
def test_request_and_response_may_be_any_bytes(request_bytes):
    personal = Personal({"a": [1]}, request_bytes, b"\x00")
    assert Personal.of_frame(personal.frame()) == personal


def test_a_public_part_that_no_bundle_can_hold_is_refused():
    seal(structs.replace(RECORD, public={"x": "y" * 65_000}), "p", KEY)
    with pytest.raises(EntryTooLargeError):
        seal(structs.replace(RECORD, public={"x": "y" * 65_300}), "p", KEY)


@pytest.mark.parametrize(
    "record", [structs.replace(RECORD, public={"a": 0.1}), structs.replace(RECORD, personal={"a": 0.1})]
)
def test_a_float_is_refused_in_either_part(record):
    with pytest.raises(CanonicalError):
        seal(record, "p", KEY)


def test_a_decision_is_searched_by_what_its_public_part_says():
    public = {
        "outcome": "deny",
        "action": "buy",
        "resource": {"type": "instrument", "id": "AAPLx"},
        "territories": ["CH", "LI"],
        "rules": ["us-person"],
        "grounds": [{"rule": "retail-limit", "says": "..."}, {"rule": None}, "x"],
    }
    assert terms(public) == {
        "outcome:deny",
        "action:buy",
        "instrument:AAPLx",
        "territory:CH",
        "territory:LI",
        "rule:us-person",
        "rule:retail-limit",
    }
    assert terms({}) == set()


def test_an_instant_is_spelt_in_utc_with_microseconds():
    assert stamped(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) == "2026-01-02T03:04:05.000000Z"
