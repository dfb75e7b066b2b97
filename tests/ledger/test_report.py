from compliance.ledger.report import MAX_PROBLEMS, LogReport, Report


def test_after_a_hundred_problems_the_rest_is_counted():
    report = Report()
    for number in range(MAX_PROBLEMS + 5):
        report.problem(f"entry {number}", "it is missing")
    assert (len(report.problems), report.more) == (MAX_PROBLEMS, 5)
    assert report.document()["more_problems"] == 5


def test_a_problem_says_where_and_can_be_printed_whatever_was_stored():
    report = Report()
    report.problem("log \udcff", "it is odd")
    assert str(report.problems[0]) == "log \\udcff: it is odd"
    assert "odd" in report.problems[0]


def test_a_report_is_good_when_it_has_no_problems():
    report = Report([LogReport(1, "example.com/log", 3, b"\x00" * 32)])
    assert report.document()["good"] is True
    assert report.document()["logs"][0]["root"] == "A" * 43 + "="
