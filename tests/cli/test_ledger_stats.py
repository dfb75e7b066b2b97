import pytest

from tests.cli.ledgers import kept
from tests.cli.support import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return kept(tmp_path_factory.mktemp("ledger"))


def test_decisions_are_counted_by_outcome_rule_territory_and_day(folder):
    counted = run("ledger", "stats", "--ledger", folder, "--json").json
    assert counted["outcomes"] == {"allow": 3, "deny": 2}
    assert counted["actions"] == {"buy": 4, "sell": 1}
    assert counted["territories"]["US"] == 1
    assert counted["rules"]["us-person"] == 1
    assert counted["instruments"] == {"AAPLx": 5}
    assert counted["days"] == {"2026-10-05": 5}
    assert (counted["subjects"], counted["keys"], counted["erasures"]) == (3, 3, 0)
    assert counted["kinds"] == {"decision": 5, "log": 1, "ruleset": 1}


def test_the_checkpoint_is_as_old_as_what_it_covers(folder):
    checkpoint = run("ledger", "stats", "--ledger", folder, "--json").json["checkpoint"]
    assert (checkpoint["size"], checkpoint["covers_until"]) == (7, "2026-10-05T16:00:00.000000Z")


def test_a_span_of_time_can_be_counted(folder):
    words = ("--since", "2026-10-05T13:00:00Z", "--until", "2026-10-05T15:00:00Z")
    assert run("ledger", "stats", "--ledger", folder, "--json", *words).json["outcomes"] == {"allow": 1, "deny": 1}


def test_a_table_says_what_it_leaves_out(folder):
    shown = run("ledger", "stats", "--ledger", folder, "--top", 1)
    assert shown.code == 0
    assert "and 1 more" in shown.out
    assert "over 7 entries" in shown.out


def test_an_instant_that_is_none_is_refused(folder):
    done = run("ledger", "stats", "--ledger", folder, "--since", "yesterday")
    assert done.code == 2
    assert "--since" in done.err
