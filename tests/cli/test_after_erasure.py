"""Whoever is erased, and whenever: the log still verifies, replays and exports, and nothing of that person comes back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, note, settings
from hypothesis import strategies as st

from compliance.ledger import erasure
from tests.api.recorded import recorded
from tests.cli.ledgers import of
from tests.cli.support import run
from tests.gate.ledgers import transfer

SCRIPT = Path(__file__).parents[2] / "docs" / "verify" / "verify_export.py"
PERSONS = ("customer-ann", "customer-bob", "customer-cem")

_person = st.sampled_from(PERSONS)
_steps = st.one_of(
    st.tuples(st.just("decide"), _person),
    st.tuples(st.just("transfer"), _person, _person).filter(lambda step: step[1] != step[2]),
    st.tuples(st.just("erase"), _person),
)


def body(step):
    if step[0] == "decide":
        return of(step[1])
    made = transfer(step[2])
    made["subject"]["id"] = step[1]
    return made


def carried_out(client, steps):
    """Take the steps; returns, per decision, its id, whom it is about and whether one of them was erased since."""
    ledger, taken = client.gate.recorder.ledger, []
    for step in steps:
        if step[0] == "erase":
            erasure.approve(ledger, erasure.request(ledger, step[1], "asked to go", "dora"), "emil")
            taken = [(id_, persons, gone or step[1] in persons) for id_, persons, gone in taken]
        else:
            answer = client.post("/v1/decisions", json=body(step)).json()
            taken.append((answer["id"], step[1:], False))
    return taken


@settings(max_examples=6, deadline=None)
@given(steps=st.lists(_steps, min_size=3, max_size=8))
def test_after_any_erasures_the_log_verifies_replays_and_exports_and_tells_nothing(steps):
    note(str(steps))
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with recorded(folder) as client:
            taken = carried_out(client, steps)
            for id_, _, gone in taken:
                assert client.get(f"/v1/decisions/{id_}").status_code == 200
                assert client.get(f"/v1/decisions/{id_}/receipt").status_code == 200
                assert client.get(f"/v1/decisions/{id_}/explanation").status_code == (410 if gone else 200)
                assert client.post(f"/v1/decisions/{id_}/replay").status_code == (410 if gone else 200)
        readable = [id_ for id_, _, gone in taken if not gone]
        check_commands(folder, taken, readable, erasures=sum(step[0] == "erase" for step in steps))


def check_commands(folder, taken, readable, erasures):
    verified = run("ledger", "verify", "--ledger", folder, "--json")
    assert (verified.code, verified.json["problems"]) == (0, [])
    personal = verified.json["logs"][0]["personal"]
    assert personal["unread"] == 0
    assert personal["erased"] >= len(taken) - len(readable)

    replayed = run("replay", "--ledger", folder, "--json")
    assert (replayed.code, replayed.json["same"]) == (0, len(readable))
    assert replayed.json["erased"] == len(taken) - len(readable)

    assert run("ledger", "stats", "--ledger", folder, "--json").json["erasures"] == erasures

    words = ("--personal", "--reason", "audit", "--by", "dora")
    exported = run("ledger", "export", "--ledger", folder, "--out", folder / "out", "--json", *words)
    assert exported.code == 0, exported.err
    rows = [json.loads(line) for line in (folder / "out" / "personal.jsonl").read_text().splitlines()]
    assert {row["id"] for row in rows if row["request"]} == set(readable)
    text = "".join(path.read_text() for path in (folder / "out").iterdir())
    for person in PERSONS:
        seen = any(person in persons and not gone for _, persons, gone in taken)
        assert (person in text) == seen
    key = exported.json["parts"][0]["keys"][0]
    command = [sys.executable, str(SCRIPT), str(folder / "out"), key]
    proved = subprocess.run(command, capture_output=True, text=True, check=False)
    assert proved.returncode == 0, proved.stderr
