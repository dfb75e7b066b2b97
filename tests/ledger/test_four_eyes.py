import pytest

from compliance.ledger.errors import RefusedError
from compliance.ledger.four_eyes import stood_for


def test_two_persons_and_a_reason_are_what_the_entry_says():
    said = {"approved_by": ["ann", "bob"], "reason": "every year"}
    assert stood_for("it", ("ann ", " bob"), "every year ") == said


@pytest.mark.parametrize(
    "persons", [("ann", "ann"), ("ann", " ANN "), ("ann", ""), ("", " "), ("ann",), (), ("ann", "bob", "cy")]
)
def test_one_person_is_not_two_however_the_name_is_spelt(persons):
    with pytest.raises(RefusedError, match="it takes two different persons"):
        stood_for("it", persons, "every year")


@pytest.mark.parametrize("reason", ["", " "])
def test_nothing_is_done_without_a_reason(reason):
    with pytest.raises(RefusedError, match="it takes a reason"):
        stood_for("it", ("ann", "bob"), reason)
