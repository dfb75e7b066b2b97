import pytest

from compliance.ledger.checkpoint import Checkpoint
from compliance.ledger.verify_notes import Given
from tests.ledger.edited import WITNESS, places, verified, whole


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    made = whole(tmp_path_factory.mktemp("log"))
    return made, made.checkpoint_path.read_text()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda note: note.replace("310", "309", 1), "is not valid"),
        (lambda _: "no note", "is not valid"),
        (lambda _: str(Checkpoint("w.example", 1, bytes(32)).signed([WITNESS])), "of the log `w.example`"),
    ],
)
def test_a_checkpoint_that_the_log_did_not_sign_is_refused_by_name(log, change, problem):
    made, note = log
    report = verified(made, Given(checkpoints={"mine": change(note)}))
    assert places(report) == ["mine"]
    assert problem in report.problems[0]


def test_a_receipt_is_refused_for_the_first_reason(log):
    made, note = log
    assert "is not valid" in verified(made, Given(receipts={"mine": "no receipt"})).problems[0]
    empty = f"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\n{note}"
    assert "is not valid" in verified(made, Given(receipts={"mine": empty})).problems[0]
