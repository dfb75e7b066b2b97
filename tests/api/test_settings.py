from compliance.api.settings import Settings


def test_by_default_clients_reach_the_service_where_they_asked():
    assert Settings().public_url is None


def test_by_default_no_header_is_trusted():
    assert Settings().person_header is None
