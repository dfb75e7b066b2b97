from compliance.api.settings import Settings
from tests.api.support import Client, tiny

WHERE = "/.well-known/authzen-configuration"


def test_what_is_offered_is_listed_where_it_was_asked():
    made = Client(tiny()).get(WHERE).json()
    assert made["policy_decision_point"] == "http://service"
    assert made["search_subject_endpoint"] == "http://service/access/v1/search/subject"
    assert len(made) == 6


def test_the_search_for_subjects_is_left_out_where_none_are_catalogued():
    assert "search_subject_endpoint" not in Client().get(WHERE).json()


def test_a_public_address_is_used_as_it_is_set():
    made = Client(settings=Settings(public_url="https://pdp.example.com/")).get(WHERE).json()
    assert made["policy_decision_point"] == "https://pdp.example.com"
    assert made["access_evaluation_endpoint"] == "https://pdp.example.com/access/v1/evaluation"
