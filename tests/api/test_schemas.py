import jsonschema_rs
import pytest

from compliance.api.schemas import schemas
from tests.api.support import reader, retail, shipped, tiny


def validator(book, name):
    made = schemas(book.rulebook.vocabulary)
    return jsonschema_rs.validator_for({**made[name], "components": {"schemas": made}})


def test_a_request_of_our_own_knows_every_name():
    check = validator(shipped(), "Request")
    assert check.is_valid(retail())
    assert not check.is_valid(retail(shoe_size=44))
    assert not check.is_valid({**retail(), "trace": 1})


def test_a_request_of_authzen_may_carry_other_names_and_wants_an_id():
    check = validator(shipped(), "Evaluation")
    assert check.is_valid(retail(shoe_size=44) | {"trace": 1})
    assert not check.is_valid(retail() | {"subject": {"type": "natural-person"}})


def test_a_recipient_is_a_subject_inside_the_action():
    body = retail("transfer")
    body["action"]["properties"]["recipient"] = {"type": "natural-person", "properties": {"residence": "MX"}}
    assert validator(shipped(), "Request").is_valid(body)
    body["action"]["properties"]["recipient"] = "somebody"
    assert not validator(shipped(), "Request").is_valid(body)


@pytest.mark.parametrize(("book", "body"), [(shipped(), reader()), (tiny(), retail())])
def test_one_rulebooks_words_are_not_anothers(book, body):
    assert not validator(book, "Request").is_valid(body)
