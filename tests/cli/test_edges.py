"""What the cases do not hold is a row with its place, its change and the case that is lacking."""

from compliance.cli.exits import Exit
from tests.cli.support import TINY, copy_of_tiny, run


def test_a_rulebook_with_an_edge_that_nothing_holds_has_a_problem():
    done = run("check", TINY, "--edges", "--json")
    assert done.code == Exit.PROBLEMS
    assert done.json["ok"] is False
    assert done.json["failures"] == []
    found = done.json["edges"]
    assert (found["moved"], found["held"], len(found["not_held"])) == (12, 2, 10)
    assert {
        "path": "rules/access/writing.yaml",
        "line": 36,
        "kind": "threshold",
        "of": "the rule `large-change`",
        "change": 'in `action.size > parameter("largest-change")` `>` becomes `>=`',
        "lacks": "a case at the limit, or a step beside it, in which this term decides",
    } in found["not_held"]


def test_edges_are_looked_at_only_when_asked_for():
    done = run("check", TINY, "--json")
    assert done.code == Exit.FINE
    assert "edges" not in done.json


def test_where_a_case_fails_anyway_failing_shows_nothing(tmp_path):
    book = copy_of_tiny(tmp_path)
    cases = book / "rules" / "access" / "reading.cases.yaml"
    cases.write_text(cases.read_text().replace("outcome: deny", "outcome: allow"))
    found = run("check", book, "--edges", "--json").json
    assert (len(found["failures"]), found["edges"]["moved"]) == (1, 0)


def test_people_get_a_table():
    done = run("check", TINY, "--edges")
    assert "2 of 12 moves of a threshold or a date make a case fail" in done.out
    assert "rules/limits.yaml:5" in done.out


def test_a_list_of_what_no_case_can_show_is_told_apart_and_kept_up_to_date(tmp_path):
    book = copy_of_tiny(tmp_path)
    rows = [
        f"      - '{each['of']}: {each['change']}'"
        for each in run("check", book, "--edges", "--json").json["edges"]["not_held"]
    ]
    listed = "\n".join(["unobservable:", "  - because: for this test", "    edges:", *rows, ""])
    (book / "rules" / "edges.yaml").write_text(listed)
    done = run("check", book, "--edges")
    assert done.code == Exit.FINE
    said = "2 of 12 moves of a threshold or a date make a case fail; 10 cannot, as rules/edges.yaml says"
    assert said in " ".join(done.out.split())
    (book / "rules" / "edges.yaml").write_text(listed + "      - the rule `gone`\n")
    done = run("check", book, "--edges")
    assert done.code == Exit.PROBLEMS
    assert "error[not-unobservable]: the rule `gone`" in done.out
    assert run("check", book, "--edges", "--json").json["edges"]["outdated"][0]["edge"] == "the rule `gone`"
