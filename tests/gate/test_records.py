import asyncio
import json
from datetime import timedelta

import pytest

from benchmarks.customers import orders
from compliance.gate.forms import MINIMAL, PLAIN, AuthZEN
from compliance.gate.recorder import Record
from compliance.gate.records import decision_record, public_json
from compliance.gate.sitting import Asked, judge
from compliance.ledger import erasure
from compliance.ledger.canonical import canonical
from compliance.ledger.errors import ErasedError
from tests.gate.ledgers import logbook, transfer
from tests.gate.support import NOW, gate, retail


def recorded(kept, body):
    """Return the entries of the decision on `body`."""
    asyncio.run(gate(recorder=kept).give([Asked(body, json.dumps(body).encode())]))
    return [entry for entry in kept.ledger.reader.entries() if entry.kind == "decision"]


def test_the_public_part_says_what_was_decided_by_which_rules_and_when(tmp_path):
    with logbook(tmp_path) as kept:
        (entry,) = recorded(kept, retail(residence="NG", citizenships=["NG"], tax_residences=["NG"]))
        public = entry.public
        assert (public["outcome"], public["action"]) == ("deny", "buy")
        assert public["resource"] == {"type": "instrument", "id": "AAPLx"}
        assert {"rule": "NG/law-xstocks", "effect": "forbid"} not in public["grounds"]
        assert {ground["effect"] for ground in public["grounds"]} == {"forbid"}
        assert (public["decided_at"], public["expires_at"]) == ("2026-10-05T12:00:00Z", "2026-10-05T12:00:30Z")


def test_a_public_part_pieced_together_is_the_canonical_spelling_of_the_whole():
    shelved = gate().shelf.current
    forms = [PLAIN, MINIMAL, AuthZEN(frozenset({"show-prospectus"}))]
    for number, body in enumerate(orders(300, seed=5, now=NOW)):
        form = forms[number % 3]
        answer = judge(Asked(raw=body, form=form), shelved, NOW + timedelta(milliseconds=number), f"id-{number}")
        made = decision_record(Record(answer, form, shelved.book.rulebook, body, form.spell(answer)))
        assert made.public == canonical(public_json(answer))
        assert made.personal == canonical({"form": dict(form.kept())})
        assert made.decision_id == f"id-{number}"


def test_the_public_part_names_nobody_and_repeats_no_fact(tmp_path):
    with logbook(tmp_path) as kept:
        (entry,) = recorded(kept, retail(citizenships=["MX", "AR"]))
        for word in (b"customer-1", b"retail", b"clear", b"2026-09-01", b'"AR"', b'"MX"'):
            assert word not in entry.body


def test_the_sealed_part_has_the_bytes_of_request_and_answer(tmp_path):
    with logbook(tmp_path) as kept:
        (entry,) = recorded(kept, retail())
        personal = kept.ledger.reader.personal(entry)
        assert personal.request == json.dumps(retail()).encode()
        assert json.loads(personal.response)["id"] == entry.public["id"]
        assert personal.facts == {"form": {"name": "v1"}}


def test_without_an_id_a_record_has_a_key_of_its_own(tmp_path):
    with logbook(tmp_path) as kept:
        body = retail()
        del body["subject"]["id"]
        recorded(kept, body)
        first, second = recorded(kept, body)
        assert first.document["subject"] != second.document["subject"]


@pytest.mark.parametrize("person", ["customer-1", "customer-2"])
def test_what_a_transfer_says_goes_with_either_person_and_what_is_the_others_stays(tmp_path, person):
    with logbook(tmp_path) as kept:
        first, second = recorded(kept, transfer(residence="AR"))
        reader = kept.ledger.reader
        assert reader.personal(second).facts["facts"]["subject.residence"] == "AR"
        assert json.loads(reader.personal(first).request)["subject"]["id"] == "customer-1"
        erasure.approve(kept.ledger, erasure.request(kept.ledger, person, "asked for", "ann"), "bob")
        with pytest.raises(ErasedError):
            reader.personal(first)
        if person == "customer-1":
            assert reader.personal(second).facts["facts"]["subject.residence"] == "AR"
        else:
            with pytest.raises(ErasedError):
                reader.personal(second)
        assert kept.ledger.verify().problems == []
