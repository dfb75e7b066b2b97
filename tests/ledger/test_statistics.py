from __future__ import annotations

from msgspec import structs

from compliance.ledger.ledger import Ledger
from compliance.ledger.statistics import statistics
from tests.ledger.support import Clock, record, settings


def test_a_decision_counts_under_its_outcome_rules_territories_and_day(tmp_path):
    clock = Clock()
    ledger = Ledger.open(settings(tmp_path, clock=clock))
    grounds = [{"rule": "us-person", "effect": "forbid"}, {"rule": "sanctions", "effect": "forbid"}]
    made = [
        record(1, "alice", outcome="deny", grounds=grounds, territories=["US"]),
        record(2, "bob", outcome="deny", grounds=grounds[:1], territories=["US", "EEA"]),
        record(3, "bob", resource={"type": "instrument", "id": "AAPLx"}),
    ]
    for each in made:
        ledger.append(each).result(10)
        clock.move(days=1)
    found = statistics(ledger.reader.entries())
    assert (found.size, found.outcomes) == (4, {"deny": 2, "allow": 1})
    assert found.rules == {"us-person": 2, "sanctions": 1}
    assert found.territories == {"US": 2, "EEA": 1}
    assert found.instruments == {"AAPLx": 1}
    assert found.days == {"2026-11-25": 1, "2026-11-26": 1, "2026-11-27": 1}
    assert (len(found.subjects), len(found.rulesets)) == (2, 1)
    assert found.first_at < found.last_at
    assert found.entry_bytes > 0 < found.sealed_bytes
    ledger.close()


def test_what_is_no_decision_counts_as_its_kind_alone(sqlite_ledger):
    sqlite_ledger.append(record(1, "bob")).result(10)
    erasure = structs.replace(record(0, None), kind="erasure", public={})
    sqlite_ledger.append(erasure, erases=sqlite_ledger.pseudonym("bob")).result(10)
    found = statistics(sqlite_ledger.reader.entries())
    assert found.kinds == {"log": 1, "decision": 1, "erasure": 1}
    assert (found.erasures, found.outcomes) == (1, {"allow": 1})


def test_the_document_lists_the_most_frequent_first_and_days_in_order(tmp_path):
    clock = Clock()
    ledger = Ledger.open(settings(tmp_path, clock=clock))
    for number, outcome in enumerate(("deny", "allow", "refer", "allow")):
        ledger.append(record(number, outcome=outcome)).result(10)
        clock.move(days=1)
    document = statistics(ledger.reader.entries()).document()
    assert list(document["outcomes"]) == ["allow", "deny", "refer"]
    assert list(document["days"]) == sorted(document["days"])
    ledger.close()
