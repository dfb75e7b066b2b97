import shutil

import pytest

from compliance.engine.loading import RulebookRefused
from compliance.gate.supplier import CasesFailed, load_checked, trouble_of
from tests.gate.support import NOW, TINY


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(TINY, tmp_path / "tiny")


def edit(folder, name, old, new):
    path = folder / "rules" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_shipped_rulebook_may_answer():
    assert load_checked(None, NOW).rulebook.cases


def test_a_rulebook_that_does_not_compile_is_refused(folder):
    edit(folder, "access/reading.yaml", "subject.may_know", "subject.may_kno")
    with pytest.raises(RulebookRefused) as refused:
        load_checked(folder, NOW)
    trouble = trouble_of(refused.value, NOW)
    assert trouble.sentence.endswith("errors")
    assert "rules/access/reading.yaml:" in trouble.details[0]


def test_a_rulebook_whose_cases_fail_is_refused(folder):
    edit(folder, "access/reading.cases.yaml", "outcome: allow", "outcome: deny")
    with pytest.raises(CasesFailed) as failed:
        load_checked(folder, NOW)
    assert len(failed.value.failures) == 1
    trouble = trouble_of(failed.value, NOW)
    assert trouble.sentence == "1 cases do not hold"
    assert "the outcome is `allow`, not `deny`" in trouble.details[0]


def test_what_else_goes_wrong_is_said_without_its_details():
    assert trouble_of(OSError(13, "Permission denied"), NOW).details == ("Permission denied",)
    assert trouble_of(KeyError("secret"), NOW).details == ("KeyError",)
