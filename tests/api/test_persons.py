import pytest
from starlette.requests import Request

from compliance.api.persons import HEADER, is_name, person_in
from compliance.api.problems import Stopped


def asked(*headers):
    return Request({"type": "http", "headers": [(name.lower(), value) for name, value in headers]})


def test_the_person_is_whom_the_trusted_header_names():
    assert person_in(asked((b"Remote-User", b" ann "), (b"X-Other", b"bob")), "remote-user") == "ann"
    assert person_in(asked((b"Remote-User", "Zo\u00eb".encode())), "Remote-User") == "Zo\u00eb"


def test_where_none_is_trusted_nobody_is_named():
    assert person_in(asked((b"Remote-User", b"ann")), None) is None


@pytest.mark.parametrize("values", [[], [b""], [b" "], [b"ann", b"ann"], [b"a\x07b"], [b"\xff"], [b"a" * 501]])
def test_no_person_two_persons_or_no_name_is_refused(values):
    with pytest.raises(Stopped) as stopped:
        person_in(asked(*((b"Remote-User", value) for value in values)), "Remote-User")
    assert stopped.value.document.status == 403


@pytest.mark.parametrize(("name", "is_one"), [("X-Forwarded-User", True), ("", False), ("a b", False), ("a:b", False)])
def test_a_header_has_the_name_of_a_header(name, is_one):
    assert (HEADER.fullmatch(name) is not None) is is_one


@pytest.mark.parametrize(
    ("value", "good"), [("ann", True), (7, False), (None, False), ("a\nb", False), ("a" * 500, True)]
)
def test_a_name_is_printable_and_not_too_long(value, good):
    assert is_name(value) is good
