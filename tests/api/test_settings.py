from compliance.api.settings import Settings


def test_by_default_clients_reach_the_service_where_they_asked():
    assert Settings().public_url is None
