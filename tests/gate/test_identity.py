from datetime import timedelta
from uuid import UUID

from compliance.gate.identity import Names, new_id
from tests.gate.support import NOW


def test_an_id_is_a_uuid_of_version_7():
    read = UUID(new_id(NOW))
    assert read.version == 7
    assert read.variant == "specified in RFC 4122"


def test_ids_sort_by_time():
    ids = [new_id(NOW + timedelta(milliseconds=step)) for step in range(50)]
    assert ids == sorted(ids)


def test_no_two_ids_are_alike():
    assert len({new_id(NOW) for _ in range(1000)}) == 1000
    names = Names(NOW)
    many = [UUID(names.new()) for _ in range(1000)]
    assert len(set(many)) == 1000
    assert {(each.version, each.variant) for each in many} == {(7, "specified in RFC 4122")}
    assert {each.hex[16] for each in many} == set("89ab")
