import json
import subprocess
import sys
import threading
from datetime import datetime

import pytest

from compliance.ledger.checkpoint import verified
from compliance.ledger.errors import KeysUnavailableError
from compliance.ledger.merkle import reader_of, root, verify_consistency
from compliance.ledger.note import Verifier, decode_base64
from compliance.ledger.proof import Receipt
from compliance.ledger.rotation import rotate
from compliance.ledger.subjects import MasterKey
from compliance.ledger.tiles import TILE_WIDTH
from compliance.ledger.witness import Witness
from tests.api.recorded import recorded
from tests.api.support import ROOT, Client, faults, retail
from tests.gate.ledgers import transfer
from tests.ledger.test_witness import KEY, WitnessServer

NOWHERE = "01a21439-9bf6-78c6-b9b6-ce1192e2cbb0"
VERIFIER = ROOT / "docs" / "verify" / "verify.py"


@pytest.fixture
def client(tmp_path):
    with recorded(tmp_path) as made:
        yield made


def decide(client, body):
    return client.post("/v1/decisions", json=body).json()


def outsider(receipt, key, folder):
    """Return what the stand-alone script says of a receipt."""
    (folder / "receipt").write_text(receipt, encoding="utf-8", newline="")
    run = subprocess.run(
        [sys.executable, VERIFIER, folder / "receipt", key], capture_output=True, text=True, check=False
    )
    return (run.stdout + run.stderr).splitlines()[0]


def test_the_receipt_of_an_answer_convinces_somebody_who_has_nothing_of_ours(client, tmp_path):
    receipt, key = decide(client, retail())["receipt"], client.get("/ledger/key").text.strip()
    assert outsider(receipt, key, tmp_path).startswith("valid: entry 2 of 3")
    for place in range(40, len(receipt), len(receipt) // 7):
        other = receipt[:place] + ("A" if receipt[place] != "A" else "B") + receipt[place + 1 :]
        assert outsider(other, key, tmp_path).startswith("not valid")


def test_a_receipt_that_is_fetched_later_proves_the_same_entry(client):
    made = decide(client, retail())
    decide(client, retail("sell"))
    later = client.get(f"/v1/decisions/{made['id']}/receipt")
    first, second = Receipt.of_text(made["receipt"]), Receipt.of_text(later.text)
    assert (first.entry, first.index) == (second.entry, second.index)
    assert later.headers["x-witnessed"] == "false"
    assert second.checkpoint == client.get("/ledger/checkpoint").text


def test_a_receipt_is_waited_for_until_a_witness_has_cosigned(client):
    made = decide(client, retail())
    path = f"/v1/decisions/{made['id']}/receipt"
    assert client.get(f"{path}?wait=0.3").headers["x-witnessed"] == "false"
    server = WitnessServer(client.gate.recorder.ledger.verifier)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    witness = Witness(f"http://127.0.0.1:{server.server_port}/w/", KEY.verifier)
    later = threading.Timer(0.5, client.gate.recorder.ledger.cosign, [witness])
    later.start()
    try:
        found = client.get(f"{path}?wait=10")
    finally:
        later.join()
        server.shutdown()
        thread.join()
        server.server_close()
    assert found.headers["x-witnessed"] == "true"
    receipt = Receipt.of_text(found.text)
    assert receipt.entry == Receipt.of_text(made["receipt"]).entry
    key = Verifier.of_vkey(client.get("/ledger/key").text.strip())
    receipt.verify(key)
    assert [name for name, _ in verified(receipt.checkpoint, key, [KEY.verifier]).witnesses] == [KEY.verifier.name]


class KeyService:
    """A key management service that answers now and then."""

    def __init__(self):
        self.master, self.silent = MasterKey(bytes(32)), False

    def wrap(self, key, context):
        if self.silent:
            raise KeysUnavailableError("the key service does not answer")
        return self.master.wrap(key, context)

    def unwrap(self, wrapped, context):
        if self.silent:
            raise KeysUnavailableError("the key service does not answer")
        return self.master.unwrap(wrapped, context)


def test_without_the_key_service_nobody_new_is_answered_and_nothing_is_written(tmp_path):
    service = KeyService()
    with recorded(tmp_path, wrapper=service) as client:
        decide(client, retail())
        size = client.gate.recorder.ledger.reader.size()
        service.silent = True
        asked = retail()
        asked["subject"]["id"] = "customer-of-the-outage"
        response = client.post("/v1/decisions", json=asked)
        assert faults(response, 503) == []
        assert response.headers["retry-after"] == "1"
        assert client.gate.recorder.ledger.reader.size() == size
        assert client.get("/readyz").status_code == 503
        files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert b"customer-of-the-outage" not in files
        service.silent = False
        assert client.post("/v1/decisions", json=asked).status_code == 200


def test_what_is_shown_of_a_decision_names_nobody(client):
    made = decide(client, retail())
    shown = client.get(f"/v1/decisions/{made['id']}").json()
    assert (shown["outcome"], shown["id"]) == ("allow", made["id"])
    assert shown["record"]["index"] == 2
    assert "customer-1" not in json.dumps(shown)
    assert "residence" not in json.dumps(shown)


def test_the_decision_on_a_recipient_is_shown_beside(client):
    made = decide(client, transfer(residence="US"))
    assert client.get(f"/v1/decisions/{made['id']}").json()["counterparty"]["outcome"] == "deny"


def test_an_explanation_has_the_question_the_answer_and_every_reason(client):
    made = decide(client, retail(residence="US"))
    found = client.get(f"/v1/decisions/{made['id']}/explanation").json()
    assert found["request"] == retail(residence="US")
    assert found["response"] == {**made, "receipt": None}
    assert found["explanation"] == found["response"]


def test_a_replay_gives_the_same_bytes(client):
    made = decide(client, retail())
    found = client.post(f"/v1/decisions/{made['id']}/replay").json()
    assert (found["same"], found["differences"], found["trouble"]) == (True, [], None)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"outcome": "deny"}, ["buy"]),
        ({"instrument": "TSLAx"}, ["sell"]),
        ({"action": "sell"}, ["sell"]),
        ({"subject": "customer-1"}, ["sell", "buy", "buy"]),
        ({"subject": "customer-9"}, []),
        ({"territory": "US"}, ["buy"]),
        ({"since": "2026-10-05T12:00:01Z"}, []),
        ({"until": "2026-10-05T12:00:00Z"}, []),
        ({"since": "2026-10-05T12:00:00Z", "outcome": "allow"}, ["sell", "buy"]),
    ],
)
def test_decisions_are_found_by_what_they_were(client, search, found):
    decide(client, retail())
    decide(client, retail(residence="US"))
    decide(client, {**retail("sell"), "resource": {"type": "instrument", "id": "TSLAx"}})
    answer = client.post("/v1/decisions/search", json=search).json()
    assert [each["action"] for each in answer["decisions"]] == found


def test_pages_do_not_shift_while_the_log_grows(client):
    ids = [decide(client, retail())["id"] for _ in range(3)]
    first = client.post("/v1/decisions/search", json={"limit": 2}).json()
    decide(client, retail())
    second = client.post("/v1/decisions/search", json={"limit": 2, "cursor": first["cursor"]}).json()
    assert [each["id"] for each in (*first["decisions"], *second["decisions"])] == ids[::-1]
    assert second["cursor"] is None


@pytest.mark.parametrize("path", ["", "/explanation", "/receipt"])
def test_what_is_not_on_record_is_a_404(client, path):
    assert faults(client.get(f"/v1/decisions/{NOWHERE}{path}"), 404) == [None]


@pytest.mark.parametrize("wait", ["-1", "11", "soon", "1e400", "nan", ""])
def test_a_receipt_is_not_waited_for_for_ever(client, wait):
    made = decide(client, retail())
    assert faults(client.get(f"/v1/decisions/{made['id']}/receipt?wait={wait}")) == ["wait"]


def test_tiles_are_those_of_the_tree(client):
    decide(client, retail())
    assert len(client.get("/ledger/tile/0/000.p/3").content) == 3 * 32
    bundle = client.get("/ledger/tile/entries/000.p/3")
    assert b'"kind":"decision"' in bundle.content
    assert "immutable" in bundle.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["0/000", "0/000.p/4", f"0/000.p/{TILE_WIDTH}", "x", "../../etc/passwd", "entries/001"]
)
def test_a_tile_that_is_not_there_is_a_404(client, path):
    decide(client, retail())
    assert client.get(f"/ledger/tile/{path}").status_code == 404


def test_that_the_log_only_grew_is_proved_to_somebody_who_has_nothing_of_ours(client, tmp_path):
    decide(client, retail())
    old = client.get("/ledger/checkpoint").text
    for _ in range(4):
        decide(client, retail())
    size = old.split("\n")[1]
    answer = client.get(f"/v1/ledger/consistency?first={size}")
    assert (answer.json()["first"], answer.json()["second"]) == (3, 7)
    (tmp_path / "old").write_text(old, newline="")
    (tmp_path / "proof").write_bytes(answer.content)
    key = client.get("/ledger/key").text.strip()
    command = [sys.executable, VERIFIER.with_name("verify_consistency.py"), tmp_path / "old", tmp_path / "proof", key]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout.startswith("valid: the first 3 of the 7 entries"), run.stderr


def test_a_proof_between_two_sizes_is_that_of_rfc_6962(client):
    for _ in range(5):
        decide(client, retail())
    tile = client.get("/ledger/tile/0/000.p/7").content
    node = reader_of([tile[start : start + 32] for start in range(0, len(tile), 32)])
    for second in range(1, 8):
        for first in range(1, second + 1):
            answer = client.get(f"/v1/ledger/consistency?first={first}&second={second}").json()
            proof = [decode_base64(text) for text in answer["consistency"]]
            verify_consistency(first, second, proof, root(first, node), root(second, node))
            assert answer["checkpoint"] is None


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("first=0", 400),
        ("first=-1", 400),
        ("first=two", 400),
        ("first=3&second=2", 400),
        ("first=4", 400),
        ("first=1&second=0", 400),
        ("first=1&second=4", 404),
        ("first=1&second=99999999999999999999", 400),
    ],
)
def test_a_proof_between_trees_that_are_not_there_is_refused(client, query, status):
    decide(client, retail())
    assert client.get(f"/v1/ledger/consistency?{query}").status_code == status


def test_which_of_two_sizes_is_wrong_is_said(client):
    decide(client, retail())
    for query, wrong in [("first=0&second=1", "first"), ("first=1&second=0", "second"), ("first=3&second=2", "first")]:
        assert faults(client.get(f"/v1/ledger/consistency?{query}")) == [wrong]


def test_the_keys_of_the_log_are_listed_with_what_leads_from_one_to_the_next(client):
    assert client.get("/v1/ledger/key").json()["keys"][0]["vkey"] == client.get("/ledger/key").text.strip()
    settings = client.gate.recorder.ledger.settings
    rotate(settings, "every year", ("ann", "bob"))
    decide(client, retail())
    first, second = client.get("/v1/ledger/key").json()["keys"]
    assert (first["from_size"], first["handover"], second["to_size"]) == (1, None, None)
    assert first["to_size"] == second["from_size"] == Receipt.of_text(second["handover"]).index + 1
    assert second["vkey"] == client.get("/ledger/key").text.strip() != first["vkey"]
    assert all(datetime.fromisoformat(key["since"]) and key["since"].endswith("Z") for key in (first, second))


@pytest.mark.parametrize(
    "path",
    [
        "/ledger/checkpoint",
        "/ledger/key",
        "/v1/ledger/key",
        "/v1/ledger/consistency?first=1",
        f"/v1/decisions/{NOWHERE}",
    ],
)
def test_a_service_that_keeps_no_record_says_so(path):
    assert faults(Client().get(path), 501) == [None]


def test_metrics_say_what_the_ledger_did_and_never_about_whom(client):
    decide(client, retail())
    text = client.get("/metrics").text
    assert "compliance_ledger_records_total 2.0" in text
    assert 'route="/v1/decisions/{id:uuid}"' not in text
    client.get(f"/v1/decisions/{NOWHERE}")
    text = client.get("/metrics").text
    assert 'route="/v1/decisions/{id:uuid}",status="404"' in text
    assert "customer" not in text
