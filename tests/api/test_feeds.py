from contextlib import contextmanager
from datetime import timedelta

import pytest

from compliance.api.settings import Settings
from compliance.gate.logbook import Logbook
from compliance.ledger.ledger import Ledger
from tests.api.recorded import recorded
from tests.api.support import NOW, Client, faults, retail
from tests.gate.ledgers import logbook
from tests.ledger.support import settings
from tests.storage.conftest import postgresql, url

__all__ = ["postgresql", "url"]
PATH = "/v1/feeds/issuer-halts"
SOON = "2026-10-05T12:10:00Z"


def body(halted=True, **changes):
    values = {"resource.halted": {"*": False, "AAPLx": halted}}
    return {"by": "poller", "as_of": "2026-10-05T11:59:58Z", "valid_until": SOON, "values": values, **changes}


def put(client, content, path=PATH):
    return client.request("PUT", path, json=content)


@pytest.fixture
def client(tmp_path):
    with recorded(tmp_path) as made:
        yield made


def decided(client):
    return client.post("/v1/decisions", json=retail()).json()


def test_a_halt_closes_what_was_open_and_its_end_opens_it_again_and_all_of_it_replays(client):
    before = decided(client)
    assert before["outcome"] == "allow"
    assert "resource.halted" in [each["fact"] for each in before["assumed"]]
    assert put(client, body()).status_code == 200
    halted = decided(client)
    assert (halted["outcome"], [each["rule"] for each in halted["grounds"]]) == ("deny", ["instrument-halted"])
    assert put(client, body(halted=False)).status_code == 200
    after = decided(client)
    assert after["outcome"] == "allow"
    assert "resource.halted" not in [each["fact"] for each in after["assumed"]]
    for answer in (before, halted, after):
        replayed = client.post(f"/v1/decisions/{answer['id']}/replay").json()
        assert (replayed["same"], replayed["differences"]) == (True, [])
    assert client.gate.recorder.ledger.verify().problems == []


def test_what_feeds_state_is_listed_with_who_said_it_and_until_when(client):
    assert client.get("/v1/feeds").json() == {"feeds": []}
    done = put(client, body()).json()
    (feed,) = client.get("/v1/feeds").json()["feeds"]
    assert feed == {
        "feed": "issuer-halts",
        "by": "poller",
        "as_of": "2026-10-05T11:59:58Z",
        "valid_until": SOON,
        "ended": False,
        "values": {"resource.halted": {"*": False, "AAPLx": True}},
        "record": {"index": done["index"], "epoch": 1, "recorded_at": "2026-10-05T12:00:00Z"},
    }
    entry = client.gate.recorder.ledger.reader.entry(done["index"])
    assert (entry.kind, entry.public["by"]) == ("feed", "poller")


def test_after_a_value_has_ended_nobody_gets_in_until_it_is_put_again(client):
    put(client, body(halted=False))
    client.gate.clock.instant = NOW + timedelta(minutes=10)
    late = decided(client)
    assert (late["outcome"], [each["fact"] for each in late["missing"]]) == ("incomplete", ["resource.halted"])
    assert client.get("/v1/feeds").json()["feeds"][0]["ended"] is True
    put(client, body(halted=False, as_of="2026-10-05T12:09:59Z", valid_until="2026-10-05T12:20:00Z"))
    assert decided(client)["outcome"] == "allow"


def test_a_feed_that_is_withdrawn_states_nothing(client):
    put(client, body())
    gone = client.request("DELETE", PATH, json={"by": "ann", "reason": "no longer published"})
    assert gone.status_code == 200
    assert decided(client)["outcome"] == "allow"
    assert client.get("/v1/feeds").json() == {"feeds": []}
    assert faults(client.request("DELETE", PATH, json={"by": "ann", "reason": "again"}), 404) == [None]


@contextmanager
def node(folder, url):
    """Yield a client of one of the nodes of a log."""
    ledger = Ledger.open(settings(folder, url, clock=lambda: NOW))
    try:
        yield Client(recorder=Logbook(ledger))
    finally:
        ledger.close()


def test_a_restart_and_another_node_decide_by_what_was_put(tmp_path, url):
    with node(tmp_path, url) as first, node(tmp_path, url) as second:
        put(first, body())
        assert decided(first)["outcome"] == "deny"
        second.gate.feeding.look(second.gate.recorder.ledger)  # what its thread does twice a second
        assert decided(second)["outcome"] == "deny"
        put(second, body(halted=False))
        first.gate.feeding.look(first.gate.recorder.ledger)
        assert decided(first)["outcome"] == "allow"
        put(first, body())
    with node(tmp_path, url) as again:
        assert decided(again)["outcome"] == "deny"


def test_what_was_seen_earlier_or_is_stated_by_another_feed_is_refused(client):
    put(client, body())
    assert faults(put(client, body(as_of="2026-10-05T11:59:57Z")), 409) == [None]
    assert faults(put(client, body(), "/v1/feeds/other"), 409) == [None]
    assert decided(client)["outcome"] == "deny"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"by": " "}, ["/by"]),
        ({"by": 7, "valid_until": None}, ["/by", "/valid_until"]),
        ({"as_of": "2026-10-05T12:00:06Z"}, ["/as_of"]),
        ({"as_of": "today"}, ["/as_of"]),
        ({"valid_until": "2026-10-05T12:00:00Z"}, ["/valid_until"]),
        ({"valid_until": "2026-11-05T11:59:59Z"}, ["/valid_until"]),
        ({"valid_until": "2026-10-05T12:10:00"}, ["/valid_until"]),
        ({"values": {}}, ["/values"]),
        ({"values": []}, ["/values"]),
        ({"values": {"resource.halt": {"*": True}}}, ["/values/resource.halt"]),
        ({"values": {"resource.halted": {"AAPL": True}}}, ["/values/resource.halted/AAPL"]),
        ({"values": {"resource.halted": {"AAPLx": 1}}}, ["/values/resource.halted/AAPLx"]),
        ({"value": True}, ["/value"]),
    ],
)
def test_what_cannot_be_so_is_refused_and_changes_nothing(client, changes, where):
    assert faults(put(client, body(**changes))) == where
    assert client.get("/v1/feeds").json() == {"feeds": []}
    assert decided(client)["outcome"] == "allow"


def test_a_value_may_count_for_a_month_and_a_clock_may_be_a_little_ahead(client):
    assert put(client, body(valid_until="2026-11-05T11:59:58Z")).status_code == 200
    assert put(client, body(as_of="2026-10-05T12:00:05Z")).status_code == 200


def test_it_counts_from_now_where_it_is_not_said_as_of_when(client):
    given = body()
    del given["as_of"]
    put(client, given)
    assert client.get("/v1/feeds").json()["feeds"][0]["as_of"] == "2026-10-05T12:00:00Z"


def test_until_when_must_be_said(client):
    given = body()
    del given["valid_until"]
    assert faults(put(client, given)) == ["/valid_until"]


@pytest.mark.parametrize("name", ["Issuer", "a" * 65, "-a", "a_b"])
def test_a_feed_has_a_plain_name(client, name):
    assert faults(put(client, body(), f"/v1/feeds/{name}")) == ["name"]


def test_without_a_ledger_nothing_is_fed():
    client = Client()
    assert faults(put(client, body()), 501) == [None]
    assert faults(client.get("/v1/feeds"), 501) == [None]
    assert faults(client.request("DELETE", PATH, json={"by": "ann", "reason": "x"}), 501) == [None]


def test_a_log_that_is_lost_feeds_nobody(client, tmp_path):
    put(client, body())
    for file in tmp_path.glob("ledger.db*"):
        file.rename(tmp_path / f"{file.name}-away")
    response = put(client, body(halted=False))
    assert faults(response, 503) == []
    assert client.gate.feeds.current["resource.halted", "AAPLx"].value is True


@pytest.fixture
def behind_a_proxy(tmp_path):
    with logbook(tmp_path) as kept:
        yield Client(recorder=kept, settings=Settings(person_header="X-Forwarded-User"))


def test_who_feeds_is_whom_the_proxy_names(behind_a_proxy):
    client, given = behind_a_proxy, body()
    assert faults(put(client, given), 403) == [None]
    named = {"X-Forwarded-User": "machine-7"}
    assert faults(client.request("PUT", PATH, json=given, headers=named)) == ["/by"]
    del given["by"]
    assert client.request("PUT", PATH, json=given, headers=named).status_code == 200
    assert client.get("/v1/feeds").json()["feeds"][0]["by"] == "machine-7"
    assert faults(client.request("DELETE", PATH, json={"reason": "x"}), 403) == [None]
    assert client.request("DELETE", PATH, json={"reason": "x"}, headers=named).status_code == 200
