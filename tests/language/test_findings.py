from __future__ import annotations

import pytest

from compliance.language.diagnostic import Severity
from compliance.language.findings import Findings, listed, meant, shown
from compliance.language.span import NOWHERE
from compliance.language.syntax import Name

FACTS = ("subject.residence", "subject.tax_residence", "action.amount", "resource.status", "subject.status")


@pytest.mark.parametrize(
    ("word", "help"),
    [
        ("subject.residense", "did you mean `subject.residence`"),
        ("residence", "did you mean `subject.residence`"),
        ("subject.amount", "did you mean `action.amount`"),
        ("subject.Residence", "did you mean `subject.residence`"),
        ("subject.tax-residence", "did you mean `subject.tax_residence`"),
        ("status", "did you mean `resource.status` or `subject.status`"),
        ("zzz", ""),
    ],
)
def test_a_wrong_name_may_have_meant_a_right_one(word, help):
    assert meant(word, FACTS) == help


def test_what_is_shown_is_in_backticks_and_cut():
    assert shown(Name("a", NOWHERE)) == "`a`"
    assert len(shown(Name("a" * 100, NOWHERE))) == 62


def test_a_long_list_says_how_many_more_there_are():
    assert listed("ab") == "`a`, `b`"
    assert listed("abcdefgh", 2) == "`a`, `b` and 6 more"


def test_errors_and_warnings_are_told_apart():
    findings = Findings()
    findings.error("a", "b", NOWHERE)
    findings.warning("c", "d", NOWHERE)
    assert [each.severity for each in findings.diagnostics] == [Severity.ERROR, Severity.WARNING]
