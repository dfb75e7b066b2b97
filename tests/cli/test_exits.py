"""An exit code of 0 is an allow and nothing else."""

import pytest

from compliance.cli.exits import Exit, of_outcome
from compliance.engine.decision import Outcome


def test_every_outcome_has_an_exit_code_of_its_own():
    assert len({of_outcome(outcome.value) for outcome in Outcome}) == len(Outcome)


@pytest.mark.parametrize("word", ["deny", "refer", "incomplete", "ALLOW", "", "allowed"])
def test_only_allow_is_zero(word):
    assert of_outcome(word) != Exit.FINE


def test_what_is_no_outcome_is_a_failure():
    assert of_outcome("maybe") is Exit.FAILED
